/** Where Probity keeps its own things: `<prefix>:<queue>:probity:...`, beside BullMQ's keys and under its ACL. */
export function probityKey(
  scope: { readonly QUEUE_PREFIX: string } | { readonly prefix: string },
  queue: string,
  ...parts: readonly string[]
): string {
  return [queueKey(scope, queue), 'probity', ...parts].join(':');
}

/** Holds the UUID of this life of the queue's data (see `QueueIdentity`). */
export function sentinelKey(
  scope: { readonly QUEUE_PREFIX: string } | { readonly prefix: string },
  queue: string,
): string {
  return probityKey(scope, queue, 'sentinel');
}

/** A key of BullMQ's own, such as `queueKey(settings, 'execution', 'wait')`. */
export function queueKey(
  scope: { readonly QUEUE_PREFIX: string } | { readonly prefix: string },
  queue: string,
  ...parts: readonly string[]
): string {
  const prefix = 'prefix' in scope ? scope.prefix : scope.QUEUE_PREFIX;
  return [prefix, queue, ...parts].join(':');
}

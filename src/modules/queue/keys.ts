/** Where Probity keeps its own things: `<prefix>:<queue>:probity:...`, beside BullMQ's keys and under its ACL. */
export function probityKey(
  scope: { readonly QUEUE_PREFIX: string } | { readonly prefix: string },
  queue: string,
  ...parts: readonly string[]
): string {
  return [queueKey(scope, queue), 'probity', ...parts].join(':');
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

import * as wire from '@probity/worker/wire';

/** Settings, or who knows the prefix alone. */
type Prefixed = { readonly QUEUE_PREFIX: string } | { readonly prefix: string };

const scopeOf = (prefixed: Prefixed, queue: string): wire.QueueScope => ({
  prefix: 'prefix' in prefixed ? prefixed.prefix : prefixed.QUEUE_PREFIX,
  queue,
});

/** Where Probity keeps its own things: `<prefix>:<queue>:probity:...`. */
export function probityKey(prefixed: Prefixed, queue: string, ...parts: readonly string[]): string {
  return wire.probityKey(scopeOf(prefixed, queue), ...parts);
}

/** Holds the UUID of this life of the queue's data (see `QueueIdentity`). */
export function sentinelKey(prefixed: Prefixed, queue: string): string {
  return wire.sentinelKey(scopeOf(prefixed, queue));
}

/** A key of BullMQ's own, such as `queueKey(settings, 'execution', 'wait')`. */
export function queueKey(prefixed: Prefixed, queue: string, ...parts: readonly string[]): string {
  return wire.bullKey(scopeOf(prefixed, queue), ...parts);
}

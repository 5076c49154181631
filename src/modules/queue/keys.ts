import * as wire from '@probity/worker/wire';

/** Whatever knows the prefix: options, or the prefix alone. */
interface Prefixed {
  readonly prefix: string;
}

/** Where Probity keeps its own things: `<prefix>:<queue>:probity:...`. */
export function probityKey({ prefix }: Prefixed, queue: string, ...parts: readonly string[]): string {
  return wire.probityKey({ prefix, queue }, ...parts);
}

/** Holds the UUID of this life of the queue's data (see `QueueIdentity`). */
export function stampKey({ prefix }: Prefixed, queue: string): string {
  return wire.stampKey({ prefix, queue });
}

/** A key of BullMQ's own, such as `queueKey(options, 'execution', 'wait')`. */
export function queueKey({ prefix }: Prefixed, queue: string, ...parts: readonly string[]): string {
  return wire.bullKey({ prefix, queue }, ...parts);
}

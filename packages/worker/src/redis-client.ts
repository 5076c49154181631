/**
 * As much of a client of ioredis, 5 or 6, as heartbeats need. No package is imported for it, not even for its types:
 * the client that the worker has is duplicated, whatever its version.
 */
export interface RedisClient {
  readonly status: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly isCluster?: boolean;
  on(event: string, listener: (...args: never[]) => void): unknown;
  pipeline(commands: readonly RedisCommand[]): {
    exec(): Promise<readonly (readonly [Error | null, unknown])[] | null>;
  };
  subscribe(channel: string): Promise<unknown>;
  ping(): Promise<unknown>;
  disconnect(reconnect?: boolean): void;
  readonly duplicate: (this: RedisClient, ...overrides: unknown[]) => RedisClient;
}

/** Its name, and its arguments. */
export type RedisCommand = readonly (string | number)[];

/** An error of a command, as ioredis gives it. */
export interface CommandError extends Error {
  readonly command?: { readonly name?: string };
}

/** What only clients of ioredis have: those of node-redis and Bun, which BullMQ wraps, have neither of the two. */
export function isIoredis(value: unknown): value is RedisClient {
  if (typeof value !== 'object' || value === null) return false;
  return ['getBuiltinCommands', 'duplicate'].every(
    (name) => typeof (value as Record<string, unknown>)[name] === 'function',
  );
}

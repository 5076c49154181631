import type { RedisClient } from './redis-client.js';

/** As much of a `Worker` of BullMQ, 5 or 6, as heartbeats need. */
export interface WorkerLike {
  readonly name: string;
  readonly id: string;
  readonly opts: {
    readonly prefix?: string;
    readonly concurrency?: number;
    readonly lockDuration?: number;
    readonly limiter?: { readonly max: number };
  };
  isRunning(): boolean;
  isPaused(): boolean;
  close(force?: boolean): Promise<void>;
  on(event: string, listener: (...args: never[]) => void): unknown;
}

interface Connection {
  readonly _client?: unknown;
  readonly packageVersion?: unknown;
}

/** What BullMQ keeps to itself, by version; a test runs the real ones and fails when something of it moves. */
interface Inside {
  /** From BullMQ 6. */
  readonly backend?: {
    readonly connection?: Connection;
    readonly client?: PromiseLike<unknown>;
    readonly version?: unknown;
  };
  /** BullMQ 5. */
  readonly connection?: Connection;
  readonly client?: PromiseLike<unknown>;
  readonly lockManager?: { readonly trackedJobs?: unknown };
  readonly limitUntil?: unknown;
  readonly concurrency?: unknown;
}

const inside = (worker: WorkerLike) => worker as unknown as Inside;

/** The client by which the worker talks to Redis, connected or not; undefined when it is not to be seen. */
export function clientOf(worker: WorkerLike): unknown {
  const { backend, connection } = inside(worker);
  return (backend?.connection ?? connection)?._client;
}

/** The same by the documented way: once it is connected. */
export function connectedClientOf(worker: WorkerLike): PromiseLike<RedisClient | unknown> | undefined {
  const { backend } = inside(worker);
  return backend === undefined ? inside(worker).client : backend.client;
}

export function bullmqVersionOf(worker: WorkerLike): string | null {
  const { backend, connection } = inside(worker);
  const version = backend?.version ?? connection?.packageVersion;
  return typeof version === 'string' ? version : null;
}

/** The first versions of BullMQ 5 have it in the options alone. */
export function concurrencyOf(worker: WorkerLike): number {
  const { concurrency } = inside(worker);
  return typeof concurrency === 'number' ? concurrency : (worker.opts.concurrency ?? 1);
}

/** Until when the worker takes no job, since Redis told it so at its last fetch; epoch ms by its own clock. */
export function limitUntilOf(worker: WorkerLike): number {
  const { limitUntil } = inside(worker);
  return typeof limitUntil === 'number' ? limitUntil : 0;
}

/** The jobs that it runs now, each with when it began, epoch ms; none before BullMQ 5.64, which keeps them to itself. */
export function trackedJobsOf(worker: WorkerLike): ReadonlyMap<string, { readonly ts?: unknown }> {
  const tracked = inside(worker).lockManager?.trackedJobs;
  return tracked instanceof Map ? (tracked as ReadonlyMap<string, { readonly ts?: unknown }>) : new Map();
}

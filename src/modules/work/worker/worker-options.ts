import type { Processor } from '@nestjs/bullmq';
import type { QueueOptions } from '../../queue/index.js';
import { createRedis } from '../../redis/index.js';

/** A dead worker's job is taken over after at most a lock and an interval. */
const LOCK_MS = 20_000;
const STALLED_INTERVAL_MS = 10_000;
/** Crashes of workers that one job may live through; beyond, BullMQ fails it without asking. */
const MAX_STALLED = 3;
const IDLE_WAIT_S = 5;

/** As `@Processor` takes them. */
type WorkerOptions = NonNullable<Parameters<typeof Processor>[1]>;

/**
 * For `@Processor(queue, workerOptions(options, ...))` of a `QueueWorkerHost`, on a connection of its own. `name` is
 * that of its connections, so that they can be told from those of others.
 */
export function workerOptions(
  { redis, prefix }: QueueOptions,
  { name, concurrency }: { readonly name: string; readonly concurrency: number },
): WorkerOptions {
  return {
    connection: createRedis(redis, 'worker'),
    prefix,
    concurrency,
    name,
    // Its host begins when the process serves.
    autorun: false,
    lockDuration: LOCK_MS,
    stalledInterval: STALLED_INTERVAL_MS,
    maxStalledCount: MAX_STALLED,
    drainDelay: IDLE_WAIT_S,
    runRetryDelay: 1000,
    // A version check that is interrupted, or not permitted, would leave the worker dead for ever.
    skipVersionCheck: true,
  };
}

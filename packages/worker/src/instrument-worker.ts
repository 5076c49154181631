import { connectTo } from './beat-connection.js';
import { Instrumentation } from './instrumentation.js';
import type { InstrumentedWorker, InstrumentOptions } from './instrumented-worker.js';
import { clientOf, connectedClientOf, type WorkerLike } from './worker-like.js';

/**
 * Gives any worker of BullMQ 5 or 6 heartbeats: a connection more (two with ioredis 5), and at most four commands per
 * interval. The worker's jobs, events and options stay as they are. Throws when it cannot tell which Redis to use.
 *
 * @example
 * const worker = new Worker('emails', send, { connection: { url: process.env.REDIS_URL } });
 * instrumentWorker(worker, { workerId: 'emails-1' });
 */
export function instrumentWorker(worker: WorkerLike, options: InstrumentOptions = {}): InstrumentedWorker {
  const own = clientOf(worker);
  // Not to be seen yet: it will be when it is connected.
  const later = own === undefined ? connectedClientOf(worker) : undefined;
  return new Instrumentation(worker, later ?? connectTo(options.connection, own), options);
}

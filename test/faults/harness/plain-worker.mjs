// A BullMQ worker as users have them, given to instrumentWorker. A job does what its name says; SIGUSR2 pauses
// the worker itself, and resumes it.
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'bullmq';
import { instrumentWorker } from '@probity/worker';

const { env } = process;
const { hostname: host, port } = new URL(env.REDIS_URL);

const does = {
  fine: () => 'done',
  throws: () => {
    throw new Error('this job always throws');
  },
  hangs: () => new Promise(() => undefined),
  spins: ({ ms }) => {
    const until = Date.now() + ms;
    while (Date.now() < until);
  },
  pauses: ({ ms }) => pause(ms),
  kills: () => process.exit(1),
};

const worker = new Worker(env.QUEUE_NAME ?? 'execution', (job) => (does[job.name] ?? does.fine)(job.data), {
  connection: { host, port: Number(port), maxRetriesPerRequest: null },
  prefix: env.QUEUE_PREFIX ?? 'bull',
  concurrency: Number(env.WORKER_CONCURRENCY ?? 1),
  lockDuration: Number(env.LOCK_MS ?? 10_000),
  stalledInterval: Number(env.STALLED_MS ?? 30_000),
  ...(env.LOCK_RENEW_MS === undefined ? {} : { lockRenewTime: Number(env.LOCK_RENEW_MS) }),
  ...(env.MAX_STALLED === undefined ? {} : { maxStalledCount: Number(env.MAX_STALLED) }),
  autorun: env.AUTORUN !== 'false',
});
worker.on('error', () => undefined);
instrumentWorker(worker, {
  workerId: env.WORKER_ID,
  intervalMs: Number(env.WORKER_HEARTBEAT_INTERVAL_MS),
  timeoutMs: Number(env.WORKER_HEARTBEAT_TIMEOUT_MS),
});

process.on('SIGUSR2', async () => {
  if (worker.isPaused()) worker.resume();
  else await worker.pause(true);
  console.log(`sabotage ${worker.isPaused() ? 'on' : 'off'}`);
});
process.once('SIGTERM', () => void worker.close().then(() => process.exit(0)));
await worker.waitUntilReady();
console.log('ready');

// A plain BullMQ worker with heartbeats, as anybody would write it: no Nest, no Postgres, no settings of ours.
// Commands come as lines on stdin, what happens goes out as lines on stdout.
import { createInterface } from 'node:readline';
import { instrumentWorker } from '@probity/worker';

const { REDIS_PORT, WORKER_ID, BARE, BULLMQ, JOB_MS, QUEUE = 'execution' } = process.env;
const { Worker } = BULLMQ === '5' ? await import('bullmq5') : await import('bullmq');
const say = (line) => process.stdout.write(`${line}\n`);

const jobs = {
  quick: () => Promise.resolve(),
  takes: () => new Promise((resolve) => setTimeout(resolve, Number(JOB_MS))),
  hangs: () => new Promise(() => undefined),
  fails: () => Promise.reject(new Error('as it was told')),
  spins: (job) => {
    // Once is enough: the stalled job runs again.
    if (job.attemptsStarted > 1) return Promise.resolve();
    const until = Date.now() + job.data.ms;
    while (Date.now() < until);
    return Promise.resolve();
  },
};

const worker = new Worker(
  QUEUE,
  (job) => {
    say(`processor saw ${job.name} ${job.id}`);
    return (jobs[job.name] ?? jobs.quick)(job);
  },
  {
    connection: { host: '127.0.0.1', port: Number(REDIS_PORT) },
    concurrency: Number(process.env.CONCURRENCY ?? 4),
    lockDuration: Number(process.env.LOCK_MS ?? 30_000),
    stalledInterval: Number(process.env.STALLED_MS ?? 30_000),
    skipVersionCheck: true,
  },
);
worker.on('error', () => undefined);
if (process.env.BREAKS === 'once') {
  const { concurrency } = worker;
  let breaks = true;
  const get = () => {
    if (!breaks) return concurrency;
    breaks = false;
    throw new Error('as it was told');
  };
  Object.defineProperty(worker, 'concurrency', { get });
}
if (BARE !== 'true') {
  instrumentWorker(worker, {
    ...(WORKER_ID ? { workerId: WORKER_ID } : {}),
    intervalMs: Number(process.env.INTERVAL_MS ?? 300),
    timeoutMs: Number(process.env.TIMEOUT_MS ?? 2000),
    onError: (reason) => {
      say(`told of ${reason}`);
      if (process.env.ON_ERROR === 'throws') throw new Error('as it was told');
    },
    stuckAfterMs: ({ data }) => {
      if (data.patience === 'broken') throw new Error('as it was told');
      return data.patience === 'endless' ? Infinity : data.patience;
    },
  });
}

createInterface({ input: process.stdin }).on('line', () => undefined);
// What cannot be injected from outside is asked for by a signal.
process.on('SIGUSR2', () => void worker.pause(true).then(() => say('paused')));
process.on('SIGHUP', () => {
  // The fetch loop of BullMQ 6.1.2 after an outage: it waits for an answer that never comes.
  worker.getBackend().waitForJob = () => new Promise(() => undefined);
  say('wedged');
});
process.on('SIGTERM', () => void worker.close().then(() => process.exit(0)));
await worker.waitUntilReady();
say('ready');

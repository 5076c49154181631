// A worker of BullMQ that nobody has instrumented, and whoever gives it jobs: by environment. Ready when it says so.
import { Queue, Worker } from 'bullmq';

const { REDIS_PORT, QUEUE, PREFIX = 'bull', JOB = 'quick', EVERY_MS } = process.env;
const connection = { host: '127.0.0.1', port: Number(REDIS_PORT) };

const jobs = {
  quick: () => Promise.resolve(),
  slow: () => new Promise((resolve) => setTimeout(resolve, 90)),
  fails: () => Promise.reject(new TypeError("Cannot read properties of undefined (reading 'rate')")),
};

const worker = new Worker(QUEUE, jobs[JOB], { connection, prefix: PREFIX, skipVersionCheck: true });
worker.on('error', () => undefined);
await worker.waitUntilReady();
if (EVERY_MS !== undefined) {
  const queue = new Queue(QUEUE, { connection, prefix: PREFIX, skipVersionCheck: true });
  queue.on('error', () => undefined);
  const opts = { removeOnComplete: process.env.KEEP === 'none' };
  setInterval(() => void queue.add('work', {}, opts).catch(() => undefined), Number(EVERY_MS));
}
process.on('SIGTERM', () => process.exit(0));
process.stdout.write('ready\n');

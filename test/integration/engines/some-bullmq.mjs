// A queue and a worker of the BullMQ that is at BULLMQ_IN, under the name BULLMQ: with a job that hangs, and behind it one
// of everything that may wait. Says `set up`, and `paused` when it was told to pause the queue.
import { createRequire } from 'node:module';

const { BULLMQ_IN, BULLMQ, BULLMQ_KNOWS, REDIS_PORT, QUEUE } = process.env;
const { FlowProducer, Queue, Worker } = createRequire(BULLMQ_IN)(BULLMQ);
const say = (line) => process.stdout.write(`${line}\n`);
const connection = { host: '127.0.0.1', port: Number(REDIS_PORT) };
const queue = new Queue(QUEUE, { connection });
const jobs = {
  quick: () => Promise.resolve(),
  fails: () => Promise.reject(new Error('as it was told')),
  hangs: () => new Promise(() => undefined),
};
const worker = new Worker(QUEUE, (job) => jobs[job.name](job), { connection, concurrency: 1 });
worker.on('error', () => undefined);
await worker.waitUntilReady();

const ended = (count) =>
  new Promise((resolve) => {
    const done = () => --count === 0 && resolve();
    worker.on('completed', done).on('failed', done);
  });
const four = ended(4);
for (const name of ['quick', 'quick', 'fails', 'fails']) await queue.add(name, {});
await four;
const hangs = new Promise((resolve) => worker.once('active', resolve));
await queue.add('hangs', {}, { jobId: 'hanging' });
await hangs;
for (const jobId of ['first', 'second', 'third']) await queue.add('quick', {}, { jobId });
await queue.add('quick', {}, { jobId: 'urgent', priority: 2 });
await queue.add('quick', {}, { jobId: 'later', delay: 3_600_000 });
const flow = new FlowProducer({ connection });
const child = { name: 'quick', queueName: `${QUEUE}-children`, opts: { jobId: 'child' } };
await flow.add({ name: 'quick', queueName: QUEUE, opts: { jobId: 'parent' }, children: [child] });
// Its run is due, and waits behind the job that hangs: it is not lost. BullMQ 6 knows schedulers alone.
if (BULLMQ_KNOWS === 'schedulers') await queue.upsertJobScheduler('often', { every: 1000 });
else await queue.add('quick', {}, { repeat: { every: 1000 } });
process.on('SIGUSR2', () => void queue.pause().then(() => say('paused')));
say('set up');

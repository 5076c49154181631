import { instrumentWorker } from '@probity/worker';
import { Worker } from 'bullmq';

const worker = new Worker('mail', async (job) => `mail ${job.id} sent`, {
  connection: { host: '127.0.0.1', port: Number(process.env['REDIS_PORT']) },
});
// Without a listener of its own an outage of Redis would end the process: BullMQ's rule, and the host's to follow.
worker.on('error', () => undefined);
worker.on('completed', (job) => console.log(`completed ${job.id}`));
instrumentWorker(worker, { workerId: process.env['WORKER_ID']! });

process.once('SIGTERM', () => {
  void worker.close().then(() => process.exit(3));
});
console.log('the worker runs');

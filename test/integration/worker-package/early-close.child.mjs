// Closes a worker that never reached its Redis. Nothing may keep the process alive, or end it, after that.
import { instrumentWorker } from '@probity/worker';

const { BULLMQ, REDIS_PORT } = process.env;
const { Worker } = BULLMQ === '5' ? await import('bullmq5') : await import('bullmq');
const worker = new Worker('execution', () => Promise.resolve(), {
  connection: { host: '127.0.0.1', port: Number(REDIS_PORT) },
});
// BullMQ 5 itself goes on connecting when it is closed before it has tried once, and 6 waits for ever once it has.
const tried = new Promise((resolve) => worker.on('error', resolve));
const beats = instrumentWorker(worker, { workerId: 'worker-1' });
if (BULLMQ === '5') await tried;
await worker.close();
process.stdout.write(`closed, ${beats.insight().state}\n`);

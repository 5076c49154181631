// Real BullMQ workers with heartbeats, many in one process: QUEUES names the queues, WORKERS says how many work
// on each. Answers 200 once all of them are ready. They are as quiet as workers can be, so that what the api asks
// shows beside them: no check for stalled jobs, and a fetch that waits a minute for a job.
import { Worker } from 'bullmq';
import { createServer } from 'node:http';
import { instrumentWorker } from '@probity/worker';

const { REDIS_URL, QUEUES, WORKERS, PORT } = process.env;
const connection = { host: '127.0.0.1', port: Number(new URL(REDIS_URL).port) };
const QUIET = { connection, skipVersionCheck: true, skipStalledCheck: true, drainDelay: 60 };
const ready = [];
for (const queue of QUEUES.split(',')) {
  for (let each = 1; each <= Number(WORKERS); each++) {
    const worker = new Worker(queue, () => Promise.resolve(), QUIET);
    worker.on('error', () => undefined);
    instrumentWorker(worker, { workerId: `${queue}-${each}` });
    ready.push(worker.waitUntilReady());
  }
}
await Promise.all(ready);
createServer((_request, response) => response.end()).listen(Number(PORT), '127.0.0.1');

// What the import of @probity/worker adds to a process that has bullmq already: one line of JSON, ms and bytes.
import { performance } from 'node:perf_hooks';

await import('bullmq');
const settled = async () => {
  for (let round = 0; round < 3; round++) {
    globalThis.gc();
    await new Promise((resolve) => setImmediate(resolve));
  }
  return process.memoryUsage();
};
const before = await settled();
const startedAt = performance.now();
await import('@probity/worker');
const ms = performance.now() - startedAt;
const after = await settled();
const bytes = (kind) => after[kind] - before[kind];
process.stdout.write(`${JSON.stringify({ ms, rss: bytes('rss'), heap: bytes('heapUsed') })}\n`);

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from '@jest/globals';
import { LIMITS } from '../../../src/modules/http/index.js';
import { monotonic } from '../../../src/modules/kernel/index.js';
import { registry } from '../../../src/modules/health/index.js';
import type { FromThread, ThreadData, ToThread } from '../../../src/modules/health/thread/messages.js';
import { atEnd } from '../../fixtures/cleanup.js';
import { eventually } from '../../fixtures/eventually.js';
import { service, snapshotOf } from '../../fixtures/health.js';

const THREAD = new URL('../../../build/modules/health/thread/probe.thread.js', import.meta.url);
const PATIENCE_MS = 60_000;

/** The thread of probes of a main loop that last ran whenever the test says. */
async function startThread() {
  const heartbeat = new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT);
  const cell = new Float64Array(heartbeat);
  const ran = (agoMs: number) => void (cell[0] = monotonic() - agoMs);
  ran(0);
  const workerData: ThreadData = {
    host: '127.0.0.1',
    port: 0,
    service,
    opsToken: undefined,
    heartbeat,
    loopDeadAfterMs: PATIENCE_MS,
    limits: LIMITS,
    codes: registry,
  };
  const thread = new Worker(THREAD, { workerData });
  atEnd(async () => void (await thread.terminate()));
  const [first] = (await once(thread, 'message')) as [FromThread];
  if (first.kind !== 'listening') throw new Error(`the thread says ${JSON.stringify(first)}`);
  const get = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${first.port}${path}`);
    return { status: response.status, text: await response.text() };
  };
  const tell = (message: ToThread) => thread.postMessage(message);
  return { ran, get, livez: () => get('/livez?verbose'), tell };
}

describe('liveness of a process whose probes have a thread of their own', () => {
  it('is vetoed while the main loop has stood still for too long, and no longer', async () => {
    const { ran, livez } = await startThread();
    expect((await livez()).status).toBe(200);
    // A minute's grace for a loop that is only busy, less what the question itself takes.
    ran(PATIENCE_MS / 2);
    expect((await livez()).status).toBe(200);
    ran(PATIENCE_MS);
    const dead = await livez();
    expect(dead.status).toBe(503);
    expect(dead.text).toContain('process.loop_dead');
    ran(0);
    expect((await livez()).status).toBe(200);
  });
});

describe('readiness of such a process', () => {
  it('is told with the codes of rooms that the thread has not loaded', async () => {
    const { get, tell } = await startThread();
    const liveness = { live: true, reason: null, since: service.startedAt } as const;
    const snapshot = snapshotOf({ key: 'queue', code: 'redis.loading', validForMs: 1e12 });
    tell({ kind: 'state', snapshot, liveness, sample: { cpuUsage: 0, memoryUsage: {} } });
    const said = await eventually(async () => {
      const { status, text } = await get('/readyz?verbose');
      return text.includes('redis.loading') && { status, text };
    });
    expect(said.status).toBe(503);
    expect(said.text).toContain('production-monitoring.md#redisloading');
  });
});

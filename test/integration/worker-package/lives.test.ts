import { beforeAll, describe, expect, it } from '@jest/globals';
import { heartbeatKey } from '@probity/worker/wire';
import { QueueLooks } from '../../fixtures/queue-look.js';
import { eventually } from '../../fixtures/eventually.js';
import { freePort } from '../../fixtures/ports.js';
import { TestProcess } from '../../fixtures/process.js';
import { RedisServer } from '../../fixtures/redis.js';
import { queueOf, startWorker } from '../heartbeat/heartbeat-fixture.js';
import { heartbeatWith, VERSIONS } from './any-worker.js';

// The compiler would read it as JavaScript of ours.
const WATCHER_1_0: string = '../../fixtures/heartbeats/watcher-1.0.mjs';

describe.each(VERSIONS)('the process of a worker of BullMQ %s', (version) => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await RedisServer.start();
  });

  it('is missed within two seconds of kill -9', async () => {
    const reader = redis.client();
    const child = await startWorker(redis, { BULLMQ: version, INTERVAL_MS: '60000' });
    const { incarnation } = await heartbeatWith(reader, 'execution', (each) => each.watched);
    const watcher = new QueueLooks({ prefix: 'bull', queue: 'execution' });
    const look = () => watcher.read(reader, performance.now());
    expect([...(await look()).present]).toEqual([incarnation]);
    await child.kill();
    await eventually(async () => (await look()).absent.has(incarnation), { timeoutMs: 2000 });
  });

  it('ends by itself when its worker is closed that never reached Redis', async () => {
    const env = { BULLMQ: version, REDIS_PORT: String(await freePort()) };
    const child = await TestProcess.child('integration/worker-package/early-close.child.mjs', { env });
    await child.waitForLine('closed, stopped');
    await eventually(() => child.hasExited());
    expect(child.stderr).not.toMatch(/nhandled/);
  });

  it('writes heartbeats that a watcher 1.0 reads to their meaning', async () => {
    const frozen = (await import(WATCHER_1_0)) as {
      readHeartbeat(text: string): Record<string, unknown> | null;
    };
    const reader = redis.client();
    const key = heartbeatKey({ prefix: 'bull', queue: 'execution' }, 'old-watched');
    await startWorker(redis, { BULLMQ: version, WORKER_ID: 'old-watched' });
    const jobs = queueOf(redis);
    await jobs.add('hangs', {}, { jobId: `held-${version}` });
    const read = await eventually(async () => {
      const found = frozen.readHeartbeat((await reader.get(key)) ?? '');
      return found !== null && found['activeCount'] === 1 ? found : undefined;
    });
    expect(read).toMatchObject({
      id: 'old-watched',
      state: 'running',
      watched: true,
      everRan: true,
      concurrency: 4,
      named: true,
      active: [{ id: `held-${version}`, attempt: 1, progressAt: null }],
    });
    expect(Math.abs(Date.now() - Number(read['at']))).toBeLessThan(2000);
    await jobs.obliterate({ force: true });
  });
});

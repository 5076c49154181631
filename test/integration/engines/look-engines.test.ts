import { describe, expect, it } from '@jest/globals';
import { ENGINES, noEngines, startEngine } from '../../fixtures/engines.js';
import { TestProcess } from '../../fixtures/process.js';
import { probity } from '../cli/command.js';
import { queueOf } from '../heartbeat/heartbeat-fixture.js';

const LOOK = ['look', '--for', '3s', '--json'];

(noEngines === undefined ? describe : describe.skip)('a look at an engine', () => {
  it.concurrent.each(ENGINES)('%s tells the same of it', async (engine) => {
    const redis = await startEngine(engine, ['--maxmemory', '64mb', '--maxmemory-policy', 'allkeys-lru']);
    const mail = await TestProcess.child('integration/cli/worker.child.mjs', {
      env: { REDIS_PORT: String(redis.port), QUEUE: 'mail', EVERY_MS: '50' },
    });
    await mail.waitForLine('ready');
    const paused = queueOf(redis, 'newsletter');
    await paused.add('x', {});
    await paused.add('y', {}, { priority: 4 });
    await paused.pause();
    const { code, stdout, stderr } = await probity(LOOK, { env: { REDIS_URL: redis.url } });
    expect({ code, stderr: stderr.includes('rror') }).toEqual({ code: 2, stderr: false });
    const told = JSON.parse(stdout);
    expect(told).toMatchObject({
      status: 'fail',
      redis: {
        code: 'redis.eviction_policy',
        version: expect.stringMatching(new RegExp(`^${engine.split('-')[1]}\\.`)),
        appendOnlyFile: true,
        snapshots: '',
        maxMemory: 64 * 1024 * 1024,
        evictionPolicy: 'allkeys-lru',
        role: 'master',
      },
      notSeen: [],
      search: { whole: true },
    });
    const queues = told.queues as { name: string; code: string }[];
    expect(queues.find(({ name }) => name === 'newsletter')).toMatchObject({
      code: 'queue.paused',
      waiting: 2,
      paused: true,
    });
    expect(queues.find(({ name }) => name === 'mail')).toMatchObject({
      status: 'pass',
      workers: 1,
      lastJobs: { failed: 0 },
    });
  });
});

import { beforeAll, describe, expect, it } from '@jest/globals';
import { Queue } from 'bullmq';
import { atEnd, beyondThisTest } from '../fixtures/cleanup.js';
import { eventually } from '../fixtures/eventually.js';
import { OPERATOR, Platform } from '../fixtures/platform.js';
import type { Probity } from '../fixtures/probity.js';
import type { TestProcess } from '../fixtures/process.js';
import { ForeignApp } from './foreign-app.js';

const HEARTBEAT = '/api/production/queue/heartbeat';
/** The promise: a death is seen so soon. */
const SEEN_WITHIN_MS = 2000;

describe.each(['bullmq5-worker', 'bullmq6-worker'])('the plain worker %s', (name) => {
  let app: ForeignApp;
  let platform: Platform;
  let api: Probity;
  let worker: TestProcess;
  let queue: Queue;

  beforeAll(async () => {
    [app, platform] = await Promise.all([
      ForeignApp.install(name, ['@probity/worker']),
      Platform.create({ QUEUE_NAMES: 'mail' }),
    ]);
    api = await platform.api();
    const { host, port } = platform.redis;
    queue = new Queue('mail', { connection: { host, port } });
    queue.on('error', () => undefined);
    atEnd(() => queue.close());
  });

  const start = async (id: string) =>
    await beyondThisTest(() =>
      app.start('dist/worker.js', { REDIS_PORT: String(platform.redis.port), WORKER_ID: id }),
    );
  const heartbeat = (status: string, id: string, timeoutMs = 15_000) =>
    api.until(HEARTBEAT, ({ json }) => json.status.status === status && json.worker.id === id, {
      headers: OPERATOR,
      timeoutMs,
    });
  const done = async () => {
    const { id } = await queue.add('work', {});
    await worker.waitForLine(`completed ${id}`);
  };

  it('has one BullMQ and is compiled against our types and those of everybody, checked as well', async () => {
    expect(await app.run('npm', ['ls', '--all'])).toMatchObject({ code: 0 });
    expect(await app.compile()).toBe('');
  });

  it('is seen, and does its jobs', async () => {
    worker = await start('first');
    await worker.waitForLine('the worker runs');
    await done();
    const { json } = await heartbeat('pass', 'first');
    expect(json.workers).toEqual([
      expect.objectContaining({ id: 'first', state: 'running', pid: worker.pid }),
    ]);
  });

  it('shows within 2 s when it is killed', async () => {
    const { json: first } = await heartbeat('pass', 'first');
    // By its next heartbeat it has told that its connection may be watched.
    await api.until(
      HEARTBEAT,
      ({ json: next }) => next.worker.latestHeartbeatAt !== first.worker.latestHeartbeatAt,
      { headers: OPERATOR },
    );
    await worker.kill();
    const { json } = await heartbeat('fail', 'first', SEEN_WITHIN_MS);
    expect(json.status.code).toBe('worker.lost');
    worker = await start('first');
    await api.until(
      HEARTBEAT,
      ({ json: again }) => again.worker.started && again.workers[0]?.pid === worker.pid,
      {
        headers: OPERATOR,
      },
    );
    await heartbeat('pass', 'first');
  });

  it('survives the death of Redis, and works on when it is back', async () => {
    await platform.redis.kill();
    await api.until('/readyz', ({ status }) => status === 503);
    expect(worker.hasExited()).toBe(false);
    await platform.redis.restart();
    await api.until('/readyz/queue', ({ status }) => status === 200, { timeoutMs: 30_000 });
    await eventually(() => queue.waitUntilReady().then(() => true), { timeoutMs: 15_000 });
    await done();
    await heartbeat('pass', 'first', 30_000);
    expect(worker.hasExited()).toBe(false);
  });

  it('ends as it would have, and says goodbye', async () => {
    worker.signal('SIGTERM');
    expect(await worker.exited).toMatchObject({ code: 3 });
    const { json } = await heartbeat('fail', 'first');
    expect(json.status.code).not.toBe('worker.lost');
  });
});

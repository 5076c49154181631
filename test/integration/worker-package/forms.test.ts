import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { stampKey } from '@probity/worker/wire';
import { freePort } from '../../fixtures/ports.js';
import { eventually } from '../../fixtures/eventually.js';
import { RedisServer } from '../../fixtures/redis.js';
import { NAME, Sentinels } from '../../fixtures/sentinel.js';
import { tempDir } from '../../fixtures/temp-dir.js';
import {
  anyQueue,
  anyWorker,
  heartbeatWith,
  instrumented,
  ioredis,
  newQueue,
  VERSIONS,
  type Version,
} from './any-worker.js';

let redis: RedisServer;
beforeAll(async () => {
  redis = await RedisServer.start();
});

const client = (version: Version) =>
  new ioredis[version].Redis({ host: redis.host, port: redis.port, maxRetriesPerRequest: null });

describe.each(VERSIONS)('a worker of BullMQ %s', (version) => {
  const plain = () => ({ host: redis.host, port: redis.port });

  it.each([
    ['options', () => plain()],
    ['a URL', () => ({ url: redis.url })],
    ['a client', () => client(version)],
  ])('that is given %s beats until its goodbye, and leaves nothing open', async (_, make) => {
    const queue = newQueue();
    const reader = redis.client();
    const connection = make();
    const worker = anyWorker(version, queue, async () => undefined, { connection });
    instrumented(worker);
    await anyQueue(version, queue, { connection: plain() }).add('greet', {});
    const beat = await heartbeatWith(reader, queue, (each) => each.watched && each.completed === 1);
    expect(beat).toMatchObject({
      state: 'running',
      wire: 2,
      version: '1.1.0',
      clock: 'server',
      everRan: true,
      database: `${redis.host}:${redis.port}/0`,
    });
    expect(beat.bullmq?.split('.')[0]).toBe(version);
    expect(Math.abs(Date.now() - beat.at)).toBeLessThan(2000);
    await worker.close();
    await heartbeatWith(reader, queue, (each) => each.state === 'stopped');
    await eventually(async () => !String(await reader.client('LIST')).includes('name=probity:'), {
      what: 'no connection of heartbeats',
    });
    if ('disconnect' in connection) connection.disconnect();
  });

  it.each([
    ['a URL', () => `${redis.url}/3`],
    ['options', () => ({ ...plain(), db: 3 })],
    ['options with a URL', () => ({ url: redis.url, db: 3 })],
    ['a client', () => new ioredis[version].Redis({ ...plain(), db: 3, lazyConnect: true })],
    [
      'a client of the other version',
      () => new ioredis[version === '5' ? '6' : '5'].Redis({ ...plain(), db: 3, lazyConnect: true }),
    ],
  ])('beats where %s says, if it says another place', async (_, connection) => {
    const queue = newQueue();
    const worker = anyWorker(version, queue, async () => undefined, { connection: plain() });
    instrumented(worker, { connection: connection() });
    await heartbeatWith(redis.client({ db: 3 }), queue, (each) => each.watched);
    expect(await redis.client().get(`bull:${queue}:probity:worker:worker-1`)).toBeNull();
  });

  it('tells of its jobs by name, and of those that it ran before it had heartbeats', async () => {
    const queue = newQueue();
    const reader = redis.client();
    const jobs = anyQueue(version, queue, { connection: plain() });
    const ends: (() => void)[] = [];
    const worker = anyWorker(version, queue, () => new Promise<void>((resolve) => ends.push(resolve)), {
      connection: plain(),
    });
    await jobs.add('long', {}, { jobId: 'first' });
    await jobs.add('next', {}, { jobId: 'second' });
    await eventually(() => ends.length === 1);
    const beats = instrumented(worker);
    const before = await heartbeatWith(reader, queue, (each) => each.sequence > 4);
    expect(before).toMatchObject({ activeCount: 1, active: [{ id: 'first', name: null }] });
    // A job waits and the one slot is taken: that is busy, and not idle.
    expect(before.idleWhileWaitingSince).toBeNull();
    expect(beats.insight().active).toBe(1);
    ends.shift()?.();
    const after = await heartbeatWith(reader, queue, (each) => each.active[0]?.id === 'second');
    expect(after).toMatchObject({ activeCount: 1, active: [{ name: 'next', attempt: 1 }] });
    ends.shift()?.();
    await heartbeatWith(reader, queue, (each) => each.activeCount === 0 && each.completed === 1);
  });

  it('says that run() was not called yet', async () => {
    const queue = newQueue();
    const worker = anyWorker(version, queue, async () => undefined, { connection: plain(), autorun: false });
    instrumented(worker);
    const reader = redis.client();
    await heartbeatWith(reader, queue, (each) => !each.everRan);
    void worker.run();
    await heartbeatWith(reader, queue, (each) => each.everRan);
  });

  it('beats again when Redis is back, and not before', async () => {
    const own = await RedisServer.start();
    const queue = newQueue();
    const worker = anyWorker(version, queue, async () => undefined, { connection: { url: own.url } });
    const told: string[] = [];
    const beats = instrumented(worker, { onError: (reason) => void told.push(reason) });
    await heartbeatWith(own.client(), queue, (each) => each.watched);
    await own.kill();
    await eventually(() => !beats.insight().connected && told.length === 1);
    await own.restart({ empty: true });
    await heartbeatWith(own.client(), queue, (each) => each.watched, { timeoutMs: 10_000 });
    // Redis has it a moment before the worker is told so.
    await eventually(() => beats.insight().redisBackForMs !== null);
  });

  it('sees at its next heartbeat that the data of the queue is lost, and is another', async () => {
    const own = await RedisServer.start();
    const [queue, reader] = [newQueue(), own.client()];
    const key = stampKey({ prefix: 'bull', queue });
    await reader.set(key, 'before');
    const worker = anyWorker(version, queue, async () => undefined, { connection: { url: own.url } });
    instrumented(worker, { intervalMs: 1000 });
    await heartbeatWith(reader, queue, (each) => each.sentinel === 'before' && each.sequence > 2);
    // It looks at the stamp every eight seconds otherwise.
    await reader.multi().flushall().set(key, 'after').exec();
    const { sequence } = await heartbeatWith(reader, queue, (each) => each.sentinel === 'before');
    const after = await heartbeatWith(reader, queue, (each) => each.sentinel === 'after');
    expect(after.sequence).toBeLessThanOrEqual(sequence + 2);
  });

  it('follows its Sentinels', async () => {
    const sentinels = await Sentinels.start();
    const env = sentinels.env();
    const [, host = '', port = ''] = /^\[?(.*?)\]?:(\d+)$/.exec(env['QUEUE_REDIS_SENTINELS'] ?? '') ?? [];
    const password = env['QUEUE_REDIS_PASSWORD'] ?? '';
    const connection = {
      sentinels: [{ host, port: Number(port) }],
      sentinelPassword: env['QUEUE_REDIS_SENTINEL_PASSWORD'],
      name: NAME,
      password,
    };
    const queue = newQueue();
    instrumented(anyWorker(version, queue, async () => undefined, { connection }));
    await heartbeatWith(sentinels.primary.client({ password }), queue, (each) => each.watched);
    await sentinels.failOver();
    const replica = sentinels.replica.client({ password });
    const { sequence } = await heartbeatWith(replica, queue, () => true);
    await heartbeatWith(replica, queue, (each) => each.watched && each.sequence > sequence, {
      timeoutMs: 20_000,
    });
  });

  it('beats by TLS', async () => {
    const dir = tempDir('tls');
    const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
    execFileSync(
      'openssl',
      [
        ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', cert],
        ...['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'],
      ],
      { stdio: 'ignore' },
    );
    const port = await freePort();
    const secure = await RedisServer.start([
      ...['--tls-port', String(port), '--tls-cert-file', cert, '--tls-key-file', key],
      ...['--tls-ca-cert-file', cert, '--tls-auth-clients', 'no'],
    ]);
    const queue = newQueue();
    const connection = { host: '127.0.0.1', port, tls: { ca: readFileSync(cert) } };
    instrumented(anyWorker(version, queue, async () => undefined, { connection }));
    const beat = await heartbeatWith(secure.client(), queue, (each) => each.watched);
    expect(beat.database).toBe(`127.0.0.1:${port}/0`);
  });
});

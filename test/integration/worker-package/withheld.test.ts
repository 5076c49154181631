import { beforeAll, describe, expect, it } from '@jest/globals';
import { RedisServer } from '../../fixtures/redis.js';
import {
  anyQueue,
  anyWorker,
  heartbeatWith,
  instrumented,
  newQueue,
  VERSIONS,
  wedgedWorker,
} from './any-worker.js';

let redis: RedisServer;
beforeAll(async () => {
  redis = await RedisServer.start();
});

const users = {
  'without HELLO': ['-hello', { watched: true, clock: 'server' }],
  'without CLIENT': ['-client', { watched: true, clock: 'server' }],
  'without channels': ['-@pubsub', { watched: false, clock: 'server' }],
  'without TIME': ['-time', { watched: true, clock: 'script' }],
  'without any clock': ['-time -xadd', { watched: true, clock: 'own' }],
  'with next to nothing': ['-hello -client -@pubsub -time', { watched: false, clock: 'script' }],
} as const;

describe.each(VERSIONS)('a worker of BullMQ %s whose user is', (version) => {
  it.each(Object.entries(users))('%s beats, and says what it cannot', async (_, [rules, said]) => {
    const queue = newQueue();
    const user = `of-${version}-${queue}`;
    const open = ['on', '>pass', '~bull:*', '&*', '+@all'];
    await redis.command('ACL', 'SETUSER', user, ...open, ...rules.split(' '));
    const connection = { host: redis.host, port: redis.port, username: user, password: 'pass' };
    instrumented(anyWorker(version, queue, async () => undefined, { connection }));
    const reader = redis.client();
    const beat = await heartbeatWith(reader, queue, ({ watched, sequence }) => {
      return watched === said.watched && sequence > 3;
    });
    expect(beat).toMatchObject(said);
    // By whatever clock, on one machine it is the same time.
    expect(Math.abs(Date.now() - beat.at)).toBeLessThan(2000);
  });

  it('one who may not look at what waits beats, and never claims to idle', async () => {
    const queue = newQueue();
    const user = `of-${version}-${queue}`;
    const open = ['on', '>pass', '~bull:*', '&*', '+@all', '-exists', '-hmget', '-zcount', '-get'];
    await redis.command('ACL', 'SETUSER', user, ...open);
    const plain = { host: redis.host, port: redis.port };
    const connection = { ...plain, username: user, password: 'pass' };
    const jobs = anyQueue(version, queue, { connection: plain });
    await jobs.add('waits', {});
    const beats = instrumented(wedgedWorker(version, queue, { connection }));
    await heartbeatWith(redis.client(), queue, ({ sequence }) => sequence > 12);
    expect(beats.insight()).toMatchObject({ connected: true, idleWhileWaitingMs: null });
  });
});

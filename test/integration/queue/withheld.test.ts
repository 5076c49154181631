import { describe, expect, it } from '@jest/globals';
import { Worker } from 'bullmq';
import { instrumentWorker } from '@probity/worker';
import { QUEUE_DRIVER, type QueueDriver } from '../../../src/modules/work/index.js';
import { createRedis } from '../../../src/modules/redis/index.js';
import { parseSettings } from '../../../src/modules/config/index.js';
import { redisTarget } from '../../../src/options/index.js';
import { eventually } from '../../fixtures/eventually.js';
import { RedisServer } from '../../fixtures/redis.js';
import { queueRecord, startQueue, startWorker, untilCode } from './queue-fixture.js';

let sequence = 0;

/** Whether a job goes through the real driver and its worker. */
async function works(driver: QueueDriver, url: string): Promise<boolean> {
  const seen: string[] = [];
  const consumer = await startWorker({ REDIS_URL: url }, 'execution', async ({ id }) => void seen.push(id));
  const id = `job-${++sequence}`;
  try {
    await driver.add('execution', { id, name: 'work', data: {} }, 1000);
    return await eventually(() => seen.includes(id), { timeoutMs: 8000 });
  } catch {
    return false;
  } finally {
    await consumer.close(1000);
  }
}

/** Whether a worker's heartbeats arrive. */
async function beats(url: string): Promise<boolean> {
  const { settings } = parseSettings({ REDIS_URL: url });
  const connection = createRedis(redisTarget(settings), 'worker');
  const worker = new Worker('execution', async () => undefined, { connection, skipVersionCheck: true });
  worker.on('error', () => undefined);
  const instrumented = instrumentWorker(worker, { connection: { ...connection.options }, intervalMs: 100 });
  try {
    return await eventually(() => instrumented.insight().connected, { timeoutMs: 8000 });
  } catch {
    return false;
  } finally {
    await worker.close();
    connection.disconnect();
  }
}

const users = {
  'the categories that BullMQ needs': '+@read +@write +@connection +@scripting +@blocking',
  'without HELLO': '+@all -hello',
  'without INFO': '+@all -info',
  'without TIME': '+@all -time',
  'without PUBSUB and SUBSCRIBE': '+@all -@pubsub',
  'without CLIENT': '+@all -client',
  'without CONFIG': '+@all -config',
  'without TYPE': '+@all -type',
};

describe.each(Object.entries(users))('a user %s', (_what, rules) => {
  it('works, beats, and is ready', async () => {
    const redis = await RedisServer.start();
    await redis.command('ACL', 'SETUSER', 'app', 'on', '>pass', '~bull:*', '&*', ...rules.split(' '));
    const url = redis.url.replace('redis://', 'redis://app:pass@');
    const module = await startQueue({ REDIS_URL: url });
    await eventually(() => queueRecord(module).checkedAt !== null && queueRecord(module).status !== 'fail');
    expect(await works(module.get<QueueDriver>(QUEUE_DRIVER), url)).toBe(true);
    expect(await beats(url)).toBe(true);
    expect(queueRecord(module).status).not.toBe('fail');
  });
});

describe('what is withheld', () => {
  it('is a warning that names the commands', async () => {
    const redis = await RedisServer.start();
    await redis.command(
      'ACL',
      'SETUSER',
      'app',
      'on',
      '>pass',
      '~bull:*',
      '+@all',
      '-pubsub',
      '-client|list',
    );
    const module = await startQueue({ REDIS_URL: redis.url.replace('redis://', 'redis://app:pass@') });
    const record = await untilCode(module, 'redis.commands_withheld');
    expect(record).toMatchObject({
      status: 'warn',
      message: expect.stringContaining('PUBSUB NUMSUB, CLIENT LIST'),
    });
  });

  it('names INFO and CONFIG, without which nobody knows of durability', async () => {
    const redis = await RedisServer.start();
    await redis.command('ACL', 'SETUSER', 'app', 'on', '>pass', '~bull:*', '+@all', '-info', '-config');
    const module = await startQueue({ REDIS_URL: redis.url.replace('redis://', 'redis://app:pass@') });
    const record = await untilCode(module, 'redis.durability_unknown');
    expect(record.message).toContain('INFO and CONFIG');
  });
});

describe('a server on which a command has another name', () => {
  it.each(['INFO', 'CLIENT', 'CONFIG', 'HELLO', 'TIME', 'PUBSUB', 'SUBSCRIBE', 'SCRIPT', 'MULTI', 'SELECT'])(
    '%s works, beats, and is ready',
    async (command) => {
      // Our own fixture waits with PING, so that INFO may be renamed.
      const redis = await RedisServer.start(['--rename-command', command, '""']);
      const module = await startQueue({ REDIS_URL: redis.url });
      await eventually(() => queueRecord(module).checkedAt !== null && queueRecord(module).status !== 'fail');
      expect(await works(module.get<QueueDriver>(QUEUE_DRIVER), redis.url)).toBe(true);
      expect(await beats(redis.url)).toBe(true);
    },
  );

  it.each(['EVALSHA', 'EVAL'])('%s does not work, and says so', async (command) => {
    const redis = await RedisServer.start(['--rename-command', command, '""']);
    const module = await startQueue({ REDIS_URL: redis.url });
    const record = await untilCode(module, 'redis.unexpected_reply', 8000);
    expect(record.message).toMatch(new RegExp(`unknown command.*${command}`, 'i'));
    const driver = module.get<QueueDriver>(QUEUE_DRIVER);
    // The client sends a script whole the first time, and by its digest from then on.
    const add = (id: string) => driver.add('execution', { id, name: 'work', data: {} }, 1000);
    await add('first').catch(() => undefined);
    await expect(add('second')).rejects.toThrow(/unknown command/);
  });
});

describe('a database that may not be selected', () => {
  it('is none: nothing is done in database 0 instead', async () => {
    const redis = await RedisServer.start();
    await redis.command('LPUSH', 'bull:execution:wait', 'theirs');
    await redis.command('HSET', 'bull:execution:theirs', 'name', 'theirs', 'data', '{}', 'opts', '{}');
    await redis.command('ZADD', 'bull:execution:marker', 0, '0');
    await redis.command('ACL', 'SETUSER', 'app', 'on', '>pass', '~*', '+@all', '-select');
    const url = `${redis.url.replace('redis://', 'redis://app:pass@')}/5`;
    const module = await startQueue({ REDIS_URL: url });
    const driver = module.get<QueueDriver>(QUEUE_DRIVER);
    const seen: string[] = [];
    const consumer = await startWorker({ REDIS_URL: url }, 'execution', async ({ id }) => void seen.push(id));
    await untilCode(module, 'redis.not_permitted');
    await expect(driver.add('execution', { id: 'ours', name: 'work', data: {} }, 500)).rejects.toThrow();
    // Several reconnections long.
    const rounds = () =>
      redis
        .command('INFO', 'stats')
        .then((text) => /total_connections_received:(\d+)/.exec(String(text))?.[1]);
    const before = Number(await rounds());
    await eventually(async () => Number(await rounds()) > before + 8);
    expect(seen).toEqual([]);
    expect(await redis.command('LRANGE', 'bull:execution:wait', 0, -1)).toEqual(['theirs']);
    expect(await redis.command('EXISTS', 'bull:execution:ours')).toBe(0);
    await consumer.close(500);
  });
});

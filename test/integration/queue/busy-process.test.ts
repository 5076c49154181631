import { describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { Board } from '../../../src/modules/health/index.js';
import { atEnd } from '../../fixtures/cleanup.js';
import { keepBusy } from '../../fixtures/busy.js';
import { eventually } from '../../fixtures/eventually.js';
import { RedisServer } from '../../fixtures/redis.js';
import { queueRecord, startQueue, untilCode } from './queue-fixture.js';

const TURN_MS = 160;

describe('a process that is busy itself', () => {
  it('says nothing but good of a Redis that answers, on old connections and new ones', async () => {
    const server = await RedisServer.start();
    const module = await startQueue({ REDIS_URL: server.url });
    await untilCode(module, 'redis.healthy');
    const client = new Redis(server.url);
    atEnd(() => client.disconnect());
    const connections = async () =>
      Number(/total_connections_received:(\d+)/.exec(await client.info('stats'))?.[1]);
    const before = await connections();
    const said: string[] = [];
    const stopListening = module.get(Board).onChange(() => said.push(queueRecord(module).code));
    const rest = keepBusy(TURN_MS);
    try {
      await eventually(async () => (await connections()) > before, {
        timeoutMs: 30_000,
        what: 'a new connection',
      });
      const { checkedAt } = queueRecord(module);
      await eventually(() => (queueRecord(module).checkedAt ?? 0) > (checkedAt ?? 0) + 2000, {
        timeoutMs: 30_000,
        what: 'two more looks',
      });
    } finally {
      rest();
      stopListening();
    }
    expect(new Set(said)).toEqual(new Set(['redis.healthy']));
    await untilCode(module, 'redis.healthy');
  });
});

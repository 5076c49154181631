import { describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { Board } from '../../../src/modules/health/index.js';
import { atEnd } from '../../fixtures/cleanup.js';
import { eventually } from '../../fixtures/eventually.js';
import { RedisServer } from '../../fixtures/redis.js';
import { queueRecord, startQueue, untilCode } from './queue-fixture.js';

const TURN_MS = 160;

/** Keeps the event loop of this process busy: whoever needs several turns of it for an answer waits for long. */
function keepBusy(): () => void {
  let busy = true;
  const turn = () => {
    const until = performance.now() + TURN_MS;
    while (performance.now() < until);
    if (busy) setImmediate(turn);
  };
  turn();
  return () => void (busy = false);
}

describe('a process that is busy itself', () => {
  it('does not say of a Redis that answers that it takes no new connection', async () => {
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
    const rest = keepBusy();
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
    expect(said).not.toContain('redis.new_connections_fail');
    await untilCode(module, 'redis.healthy');
  });
});

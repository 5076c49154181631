import { beforeEach, describe, expect, it } from '@jest/globals';
import { createRedis, WatchConnection } from '../../../src/modules/redis/index.js';
import { parseSettings } from '../../../src/modules/config/index.js';
import { redisTarget } from '../../../src/options/index.js';
import { eventually } from '../../fixtures/eventually.js';
import { RedisServer } from '../../fixtures/redis.js';

const never = new AbortController().signal;
let lost = 0;
const connectionTo = (server: RedisServer) => {
  const { settings } = parseSettings({ REDIS_URL: server.url });
  return new WatchConnection(
    () => createRedis(redisTarget(settings), 'watch'),
    () => (lost += 1),
  );
};

describe('a watch connection', () => {
  beforeEach(() => {
    lost = 0;
  });

  it('tells once of its loss when it stood', async () => {
    const server = await RedisServer.start();
    const connection = connectionTo(server);
    expect(await connection.use(never, (redis) => redis.ping())).toBe('PONG');
    expect(lost).toBe(0);
    await server.kill();
    await eventually(() => lost === 1, { what: 'the loss' });
    connection.close();
  });

  it('tells nothing but the error when it never stood, so that nobody looks again at once, for ever', async () => {
    const server = await RedisServer.start();
    await server.kill();
    const connection = connectionTo(server);
    for (let time = 0; time < 3; time++) {
      await expect(connection.use(never, (redis) => redis.ping())).rejects.toThrow();
    }
    // Its close event may come after the rejection.
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(lost).toBe(0);
    connection.close();
  });
});

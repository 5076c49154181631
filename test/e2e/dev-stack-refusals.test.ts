import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { freePort } from '../fixtures/ports.js';
import { RedisServer } from '../fixtures/redis.js';
import { nothingIsLeft, TestStack } from '../fixtures/dev-stack.js';

/** Some seconds on a machine of its own; on one that others keep busy, many times as long, and not wrong for it. */
const STARTS_WITHIN_MS = 180_000;

describe('dev:stack refuses, with reason and fix, to start on', () => {
  /** Answers everything that was said. */
  const refuses = async (
    env: Readonly<Record<string, string>>,
    reason: string | RegExp,
    fix: string,
  ): Promise<string> => {
    const stack = await TestStack.prepare(env);
    const { code, output } = await stack.run();
    expect(output).toMatch(reason);
    expect(output).toContain(fix);
    expect(code).toBe(1);
    await nothingIsLeft(stack);
    return output;
  };

  it(
    'a queue in memory',
    async () => {
      await refuses(
        { QUEUE_DRIVER: 'inmemory' },
        'Queue driver is running in non-durable in-memory mode',
        'Fix: Remove QUEUE_DRIVER=inmemory',
      );
    },
    STARTS_WITHIN_MS,
  );

  it(
    'a Redis that drops jobs',
    async () => {
      const redis = await RedisServer.start(['--maxmemory', '50mb', '--maxmemory-policy', 'allkeys-lru']);
      await refuses({ REDIS_URL: redis.url }, /allkeys-lru/, 'config set maxmemory-policy noeviction');
    },
    STARTS_WITHIN_MS,
  );

  it(
    'a Redis that keeps nothing',
    async () => {
      const redis = await RedisServer.start(['--appendonly', 'no']);
      await refuses({ REDIS_URL: redis.url }, /redis\.persistence_off/, 'config set appendonly yes');
    },
    STARTS_WITHIN_MS,
  );

  it(
    'a Redis of the user that is down, before anything else is started',
    async () => {
      const port = await freePort();
      const output = await refuses(
        { REDIS_URL: `redis://127.0.0.1:${port}` },
        /Redis cannot be had: .*ECONNREFUSED.*redis\.unreachable/,
        'or unset REDIS_URL',
      );
      expect(output).not.toMatch(/postgres/);
    },
    STARTS_WITHIN_MS,
  );

  it(
    'a Redis of the user that never answers, before anything else is started',
    async () => {
      const redis = await RedisServer.start();
      redis.pause();
      const output = await refuses(
        { REDIS_URL: redis.url },
        /no answer to the handshake within 3000 ms \(redis\.timeout\)/,
        'or unset REDIS_URL',
      );
      expect(output).not.toMatch(/postgres/);
    },
    STARTS_WITHIN_MS,
  );

  it(
    'a password that Redis does not take, without showing it',
    async () => {
      const redis = await RedisServer.start(['--requirepass', 'another-word']);
      const output = await refuses(
        { REDIS_URL: `redis://:s3cr3t-word@127.0.0.1:${redis.port}` },
        /redis\.credentials_rejected/,
        'Correct user and password',
      );
      expect(output).not.toMatch(/postgres|s3cr3t-word/);
    },
    STARTS_WITHIN_MS,
  );

  it(
    'a port that is taken, and says by whom',
    async () => {
      const server = createServer();
      const port = await freePort();
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
      try {
        const reason = new RegExp(`port ${port} \\(PORT\\).*taken by .*pid ${process.pid}`);
        await refuses({ PORT: String(port) }, reason, `PORT=${port + 100} npm run dev:stack`);
      } finally {
        server.close();
      }
    },
    STARTS_WITHIN_MS,
  );

  it(
    'an address that leaves out where the database is, whatever the environment has',
    async () => {
      await refuses(
        { DATABASE_URL: 'postgres:///postgres', PGHOST: '127.0.0.1', PGUSER: 'somebody' },
        /DATABASE_URL must name its host and user/,
        'unset it and dev:stack brings PostgreSQL',
      );
    },
    STARTS_WITHIN_MS,
  );

  it(
    'a database that cannot be reached, without showing its password',
    async () => {
      const port = await freePort();
      const stack = await TestStack.prepare({ DATABASE_URL: `postgres://u:s3cr3t-word@127.0.0.1:${port}/x` });
      const { code, output } = await stack.run();
      expect(code).toBe(1);
      expect(output).toMatch(/migrations were not applied: .*ECONNREFUSED/);
      expect(output).not.toContain('s3cr3t-word');
      expect(readFileSync(join(stack.dir, 'logs', 'redis.log'), 'utf8')).not.toContain('s3cr3t-word');
    },
    STARTS_WITHIN_MS,
  );

  it('words that it does not know, and names those that exist', async () => {
    const stack = await TestStack.prepare();
    const { code, output } = await stack.run('--dettach');
    expect({ code, output }).toEqual({
      code: 2,
      output: expect.stringMatching(/unknown: --dettach\..*--detach/),
    });
  });
});

import { expect, it } from '@jest/globals';
import { TestStack } from '../fixtures/dev-stack.js';
import { TestDatabase } from '../fixtures/postgres.js';
import { eventually } from '../fixtures/eventually.js';
import { RedisServer } from '../fixtures/redis.js';
import { emptyDisk, fillDisk, mountDisk, mountingIsPossible } from './harness/disk.js';

const why = mountingIsPossible();
const itMounts = why === undefined ? it : it.skip;
const PATIENCE = { timeoutMs: 60_000 };

itMounts(
  'dev:stack goes on while nothing of its logs and its state can be written, and says so',
  async () => {
    const [redis, database] = await Promise.all([RedisServer.start(), TestDatabase.create()]);
    const stack = await TestStack.prepare({ REDIS_URL: redis.url, DATABASE_URL: database.url });
    mountDisk(stack.dir, 2);
    const up = await stack.command();
    await eventually(() => stack.state?.ready, PATIENCE);
    const worker = stack.pidOf('worker');
    fillDisk(stack.dir);
    const says = (text: RegExp) => up.waitForLine(text);
    await says(/what --status shows cannot be written \(ENOSPC\); the stack goes on/);
    // It has something to write down: a death, and a new life.
    process.kill(worker, 'SIGKILL');
    await says(/the log worker\.log cannot be written \(ENOSPC\); the stack goes on/);
    emptyDisk(stack.dir);
    await says(/what --status shows is written again/);
    await eventually(() => stack.state?.ready && stack.pidOf('worker') !== worker, PATIENCE);
    await says(/the log worker\.log is written again/);
    expect((await stack.run('--status')).code).toBe(0);
    up.signal('SIGTERM');
    expect(await up.exited).toMatchObject({ code: 0 });
  },
  180_000,
);

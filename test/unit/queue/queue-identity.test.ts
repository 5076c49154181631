import { describe, expect, it } from '@jest/globals';
import { parseSettings } from '../../../src/modules/config/parse-settings.js';
import type { ServiceIdentity } from '../../../src/modules/health/index.js';
import type {
  IdentityRepository,
  OwnQueue,
} from '../../../src/modules/queue/identity/identity.repository.js';
import { QueueIdentityService } from '../../../src/modules/queue/identity/queue-identity.service.js';
import { isElsewhere, type QueueIdentity } from '../../../src/modules/queue/identity/queue-identity.js';
import { queueOptions } from '../../../src/options/index.js';

const own: QueueIdentity = {
  sentinel: 'a',
  address: '127.0.0.1:6379',
  database: 0,
  prefix: 'bull',
  runId: 'one',
};

describe('two processes that saw different sentinels', () => {
  it('use different queues when prefix or database differ', () => {
    expect(isElsewhere(own, { ...own, sentinel: 'b', prefix: 'prod' })).toBe(true);
    expect(isElsewhere(own, { ...own, sentinel: 'b', database: 5 })).toBe(true);
  });

  it('use different servers when address and life differ', () => {
    expect(isElsewhere(own, { ...own, sentinel: 'b', address: 'other:6379', runId: 'two' })).toBe(true);
  });

  it('may have looked at one server before and after it lost its data', () => {
    expect(isElsewhere(own, { ...own, sentinel: 'b' })).toBe(false);
    expect(isElsewhere(own, { ...own, sentinel: 'b', runId: 'two' })).toBe(false);
    expect(isElsewhere(own, { ...own, sentinel: 'b', address: 'localhost:6379' })).toBe(false);
    expect(isElsewhere(own, { ...own, sentinel: 'b', address: 'localhost:6379', runId: null })).toBe(false);
  });
});

describe('a process that compares its queue with those of others', () => {
  const other = (seenAt: number, identity: Partial<QueueIdentity> = {}) => ({
    seenAt,
    row: {
      queue: 'execution',
      service: 'worker',
      instanceId: 'w',
      host: 'h2',
      identity: { ...own, address: 'localhost:6379', ...identity },
    },
  });

  /** Postgres, as far as it matters here: the rows that are young enough. */
  function service(rows: ReturnType<typeof other>[], clock: { now: number }) {
    const repository = {
      write: () => Promise.resolve(),
      others: (asked: readonly OwnQueue[]) =>
        Promise.resolve(
          asked.flatMap(({ queue, identity, forMs }) =>
            rows
              .filter(
                ({ seenAt, row }) =>
                  row.queue === queue &&
                  clock.now - seenAt <= forMs &&
                  row.identity.sentinel !== identity.sentinel,
              )
              .map(({ row }) => row),
          ),
        ),
    } as unknown as IdentityRepository;
    const identity = { name: 'api', instanceId: 'a' } as ServiceIdentity;
    return new QueueIdentityService(
      repository,
      identity,
      queueOptions(parseSettings({ REDIS_URL: 'redis://127.0.0.1' })),
    );
  }
  const conflicts = async (of: QueueIdentityService, clock: { now: number }) => {
    of.conflicts(clock.now);
    await new Promise((resolve) => setImmediate(resolve));
    return of.conflicts(clock.now).map(({ message }) => message);
  };

  it('finds another Redis', async () => {
    const clock = { now: 100_000 };
    const api = service([other(99_000, { sentinel: 'b', runId: 'two' })], clock);
    api.observe('execution', 'a', 'one', clock.now);
    expect(await conflicts(api, clock)).toEqual([
      expect.stringContaining('worker on h2 uses Redis localhost:6379'),
    ]);
  });

  it('believes no row of before Redis came back empty: its writer may not have been able to ask since', async () => {
    const clock = { now: 100_000 };
    const rows = [other(99_000)];
    const api = service(rows, clock);
    api.observe('execution', 'a', 'one', clock.now);
    expect(await conflicts(api, clock)).toEqual([]);
    // Redis was killed, and came back empty, on the same address under two names.
    api.observe('execution', 'b', 'two', (clock.now = 103_000));
    for (const now of [103_500, 105_500, 107_500]) {
      api.observe('execution', 'b', 'two', (clock.now = now));
      expect(await conflicts(api, clock)).toEqual([]);
    }
    rows.push(other(107_600));
    api.observe('execution', 'b', 'two', (clock.now = 108_600));
    expect(await conflicts(api, clock)).toHaveLength(1);
  });

  it('has nothing to say while it cannot ask its own Redis', async () => {
    const clock = { now: 100_000 };
    const api = service([other(99_000, { sentinel: 'b', runId: 'two' })], clock);
    api.observe('execution', 'a', 'one', clock.now);
    expect(await conflicts(api, clock)).toHaveLength(1);
    clock.now += 5001;
    expect(await conflicts(api, clock)).toEqual([]);
  });
});

describe('a process that ends', () => {
  it('leaves nothing behind, whatever was being written or is seen yet', async () => {
    const done: string[] = [];
    const writes: (() => void)[] = [];
    const repository = {
      write: async ([row]: readonly { identity: QueueIdentity }[]) => {
        await new Promise<void>((resolve) => writes.push(resolve));
        done.push(`wrote ${row?.identity.sentinel}`);
      },
      erase: () => Promise.resolve(void done.push('erased')),
    } as unknown as IdentityRepository;
    const options = queueOptions(parseSettings({ REDIS_URL: 'redis://127.0.0.1' }));
    const identity = { name: 'worker', instanceId: 'w' } as ServiceIdentity;
    const ending = new QueueIdentityService(repository, identity, options);
    ending.observe('execution', 'a', 'one', 1000);
    await Promise.resolve();
    ending.observe('execution', 'b', 'two', 1001);
    await Promise.resolve();
    const ended = ending.onApplicationShutdown();
    ending.observe('execution', 'c', 'three', 9000);
    for (const finish of writes.toReversed()) finish();
    await ended;
    expect(done).toEqual(['wrote b', 'wrote a', 'erased']);
    ending.observe('execution', 'd', 'four', 20_000);
    expect(writes).toHaveLength(2);
  });
});

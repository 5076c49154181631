import { describe, expect, it } from '@jest/globals';
import { decideGate, fixOf, sectionOf, type QueueAnswer } from '../../../src/stack/gate.policy.js';

const failing = (code: string, message = 'why'): QueueAnswer => ({
  open: false,
  status: 'fail',
  code,
  message,
});

describe('the gate of the queue', () => {
  it('opens when the api says that the queue takes work and keeps it', () => {
    expect(decideGate({ open: true, status: null, code: null, message: '' }, 0, true)).toEqual({
      kind: 'open',
    });
  });

  it('opens over a warning: durability that is bounded is still ready', () => {
    const verdict = { open: true, status: 'warn', code: 'redis.snapshots_only', message: '' };
    expect(decideGate(verdict, 60_000, false).kind).toBe('open');
  });

  it.each(['queue.inmemory', 'redis.eviction_policy', 'redis.persistence_off', 'redis.some_new_reason'])(
    'ends the start at once for %s, which waiting does not mend',
    (code) => {
      expect(decideGate(failing(code), 0, false).kind).toBe('abort');
    },
  );

  it.each(['redis.unreachable', 'redis.unresolved', 'redis.connect_timeout'])(
    'waits for no Redis of somebody else that has %s',
    (code) => {
      expect(decideGate(failing(code), 0, false).kind).toBe('abort');
    },
  );

  it.each(['redis.unreachable', 'redis.connect_timeout'])(
    'gives a Redis of ours with %s the time in which its supervisor brings it back',
    (code) => {
      expect(decideGate(failing(code), 14_999, true).kind).toBe('wait');
      expect(decideGate(failing(code), 15_000, true).kind).toBe('abort');
    },
  );

  it.each(['check.pending', 'process.starting', 'redis.timeout'])(
    'gives %s ten seconds, and not one more',
    (code) => {
      expect(decideGate(failing(code), 9_999, false).kind).toBe('wait');
      expect(decideGate(failing(code), 10_000, false).kind).toBe('abort');
    },
  );

  it('looks again when the check has passed since the gate was asked', () => {
    const turned = { open: false, status: 'pass', code: 'redis.healthy', message: '' };
    expect(decideGate(turned, 500, true).kind).toBe('wait');
  });

  it('waits for a Redis that loads its data', () => {
    expect(decideGate(failing('redis.loading'), 120_000, true).kind).toBe('wait');
  });

  it('waits for an api that does not answer yet, but not for ever', () => {
    const silent = { open: null, status: null, code: null, message: 'connect ECONNREFUSED' };
    expect(decideGate(silent, 29_999, true).kind).toBe('wait');
    expect(decideGate(silent, 30_000, true)).toMatchObject({
      kind: 'abort',
      reason: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('tells reason and fix together', () => {
    expect(decideGate(failing('queue.inmemory', 'Jobs will not be persisted.'), 0, true)).toEqual({
      kind: 'abort',
      code: 'queue.inmemory',
      reason: 'the queue is not durable: Jobs will not be persisted. (queue.inmemory)',
      fix: expect.stringContaining('QUEUE_DRIVER=bullmq'),
    });
    expect(decideGate(failing('redis.eviction_policy'), 0, false)).toMatchObject({
      fix: expect.stringContaining('maxmemory-policy noeviction'),
    });
  });

  it('does not send people to a Redis of theirs when it is the own one that fails', () => {
    const own = decideGate(failing('redis.unreachable'), 15_000, true);
    expect(own).toMatchObject({ fix: expect.stringContaining('redis.log') });
    const theirs = decideGate(failing('redis.unreachable'), 0, false);
    expect(theirs).toMatchObject({ fix: expect.stringContaining('unset REDIS_URL') });
  });

  it.each([
    ['check.pending', 10_000],
    ['check.stale', 10_000],
    ['check.timeout', 10_000],
    ['process.starting', 10_000],
    ['redis.timeout', 10_000],
    ['redis.writes_paused', 10_000],
    ['redis.busy', 10_000],
    ['redis.cluster_down', 10_000],
    ['redis.master_down', 10_000],
    ['queue.data_lost', 60_000],
    ['redis.loading', 300_000],
  ])('says why it waits for %s, and waits %i ms whose ever the Redis is', (code, ms) => {
    for (const ownRedis of [true, false]) {
      const decide = (waitedMs: number) => decideGate(failing(code), waitedMs, ownRedis);
      expect(decide(0)).toEqual({ kind: 'wait', why: `${code}: why` });
      expect(decide(ms - 1)).toEqual({ kind: 'wait', why: `${code}: why` });
      expect(decide(ms).kind).toBe('abort');
    }
  });

  it('waits for no host of ours whose name is wrong', () => {
    expect(decideGate(failing('redis.unresolved'), 0, true).kind).toBe('abort');
  });

  it.each(['pass', 'warn', null])(
    'gives a check that turned to %p ten seconds, however final its code is',
    (status) => {
      const turned = { open: false, status, code: 'queue.inmemory', message: 'so' };
      expect(decideGate(turned, 9_999, true)).toEqual({ kind: 'wait', why: 'queue.inmemory: so' });
      expect(decideGate(turned, 10_000, true)).toMatchObject({ kind: 'abort', code: 'queue.inmemory' });
    },
  );

  it.each([
    ['nothing', { open: null, code: null }],
    ['only that the queue is closed', { open: false, code: null }],
    ['only a code', { open: null, code: 'queue.inmemory' }],
  ])('waits half a minute for an api that says %s', (_, said) => {
    const verdict = { ...said, status: 'fail', message: 'socket hang up' };
    const waiting = { kind: 'wait', why: 'the api does not answer yet' };
    expect(decideGate(verdict, 0, false)).toEqual(waiting);
    expect(decideGate(verdict, 29_999, false)).toEqual(waiting);
    expect(decideGate(verdict, 30_000, false)).toEqual({
      kind: 'abort',
      code: 'check.timeout',
      reason: 'the api did not say within 30 s how its queue is: socket hang up',
      fix: 'Look at its log, .data/logs/api.log.',
    });
  });
});

describe('the fix', () => {
  const orOurs = 'or unset REDIS_URL (and QUEUE_REDIS_*): dev:stack then brings a Redis of its own.';
  const noeviction =
    'Run `redis-cli -u "$REDIS_URL" config set maxmemory-policy noeviction` and keep it in redis.conf';

  it.each([
    ['redis.eviction_policy', noeviction],
    ['redis.evicting', noeviction],
    [
      'redis.persistence_off',
      'Run `redis-cli -u "$REDIS_URL" config set appendonly yes` and keep it in redis.conf',
    ],
    ['redis.credentials_rejected', 'Correct user and password in REDIS_URL (or QUEUE_REDIS_*)'],
    ['redis.unresolved', 'Correct the host in REDIS_URL (or QUEUE_REDIS_HOST)'],
    ['redis.out_of_memory', 'Give that Redis more maxmemory'],
    ['redis.read_only', 'Name the primary in REDIS_URL instead of a replica'],
  ])('of %s says what to do, or to take a Redis of ours', (code, what) => {
    expect(fixOf(code, false)).toBe(`${what}, ${orOurs}`);
    expect(decideGate(failing(code), 0, false)).toMatchObject({ fix: `${what}, ${orOurs}` });
  });

  it('of a Redis of ours is not to take another', () => {
    expect(fixOf('redis.out_of_memory', true)).toBe('Give that Redis more maxmemory.');
  });

  it.each([true, false])('of a queue in memory is a setting (own Redis: %p)', (ownRedis) => {
    expect(fixOf('queue.inmemory', ownRedis)).toBe(
      'Remove QUEUE_DRIVER=inmemory from the environment and .env, or set QUEUE_DRIVER=bullmq.',
    );
  });

  it.each([true, false])(
    'of what is no matter of Redis is the one that everybody reads (own: %p)',
    (ownRedis) => {
      expect(fixOf('check.stale', ownRedis)).toBe(
        'Find what keeps the event loop busy, in the process or on its machine.',
      );
    },
  );

  it.each([
    ['redis.unreachable', 'Start or correct the Redis that the settings name'],
    ['redis.loading', 'Wait until Redis has loaded its data'],
    ['queue.not_configured', 'Correct the settings that the message names'],
  ])('of %s is the one that everybody reads, or to take a Redis of ours', (code, what) => {
    expect(fixOf(code, false)).toBe(`${what}, ${orOurs}`);
  });

  it('of a Redis of ours that does not come back is in its log, and only then', () => {
    for (const gone of ['redis.unreachable', 'redis.connect_timeout'])
      expect(fixOf(gone, true)).toBe('Look at its log, .data/logs/redis.log.');
    expect(fixOf('redis.aof_failing', true)).toBe('Make room on the disk of Redis.');
  });

  it.each(['redis.healthy', 'toString'])('of %p, which has none, is that of no Redis', (code) => {
    expect(fixOf(code, true)).toBe('Look at its log, .data/logs/redis.log.');
    expect(fixOf(code, false)).toBe(`Start or correct the Redis that the settings name, ${orOurs}`);
  });

  it('of a reason that nobody has written of depends on whose Redis it is', () => {
    expect(fixOf('redis.some_new_reason', true)).toBe('Look at its log, .data/logs/redis.log.');
    expect(fixOf('redis.some_new_reason', false)).toBe(
      `Start or correct the Redis that the settings name, ${orOurs}`,
    );
  });
});

describe('the runbook', () => {
  it.each([
    ['queue.inmemory', '#queueinmemory'],
    ['redis.cluster_down', '#rediscluster_down'],
    // Of an api that is newer.
    ['redis.some_new_reason', ''],
  ])('has more of %s below the heading of that name, whose link has no dots', (code, anchor) => {
    expect(sectionOf(code)).toBe(`docs/runbooks/production-monitoring.md${anchor}`);
  });
});

import { describe, expect, it } from '@jest/globals';
import { decideGate, type QueueVerdict } from '../../../src/stack/gate.policy.js';

const failing = (code: string, message = 'why'): QueueVerdict => ({
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
});

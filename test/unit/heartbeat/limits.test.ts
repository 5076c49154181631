import { describe, expect, it } from '@jest/globals';
import { rateLimitLeft, rateMaxOf, reachedLimit } from '../../../src/modules/heartbeat/limits.policy.js';
import { GRACE_AFTER_REDIS_MS, wedgedForMs } from '../../../src/modules/heartbeat/wedge.policy.js';
import { heartbeat, NOON, reading, seen, slow, verdictOf } from './given.js';

describe('a limit of the queue', () => {
  it('of rate is reached while its window is open and used up', () => {
    expect(rateLimitLeft({ max: 2, used: 2, leftMs: 700 })).toBe(700);
    expect(rateLimitLeft({ max: 2, used: 1, leftMs: 700 })).toBeNull();
    expect(rateLimitLeft({ max: 2, used: 2, leftMs: -2 })).toBeNull();
    expect(rateLimitLeft({ max: null, used: 9, leftMs: 700 })).toBeNull();
  });

  it("of the queue itself comes before those of its workers' options, of which the smallest counts", () => {
    expect(rateMaxOf(10, [1])).toBe(10);
    expect(rateMaxOf(null, [null, 5, 3])).toBe(3);
    expect(rateMaxOf(null, [null])).toBeNull();
  });

  it('that merely exists is none that is reached', () => {
    const facts = { paused: false, rateLimitLeftMs: null, concurrency: 3, active: 2 };
    expect(reachedLimit(facts)).toBeNull();
    expect(reachedLimit({ ...facts, active: 3 })).toEqual({ kind: 'concurrency', limit: 3 });
    expect(reachedLimit({ ...facts, rateLimitLeftMs: 5 })).toEqual({ kind: 'rate', leftMs: 5 });
    expect(reachedLimit({ ...facts, paused: true, rateLimitLeftMs: 5 })).toEqual({ kind: 'pause' });
  });
});

describe('a worker', () => {
  const idle = { takesJobs: true, idleWhileWaitingMs: 30_000, limit: null, redisBackForMs: null };

  it('is wedged after so long, by one rule for itself and for others', () => {
    expect(wedgedForMs(idle, 30_000)).toBe(30_000);
    expect(wedgedForMs(idle, 30_001)).toBe(0);
  });

  it.each([
    ['it takes no jobs by itself', { takesJobs: false }],
    ['nothing that it could take waits', { idleWhileWaitingMs: null }],
    ['a limit is reached', { limit: { kind: 'rate', leftMs: 1 } as const }],
    ['Redis has just come back', { redisBackForMs: GRACE_AFTER_REDIS_MS - 1 }],
  ])('is not wedged when %s', (_, parts) => {
    expect(wedgedForMs({ ...idle, ...parts }, 30_000)).toBe(0);
  });

  it('is wedged again when Redis has been back for long enough', () => {
    expect(wedgedForMs({ ...idle, redisBackForMs: GRACE_AFTER_REDIS_MS }, 30_000)).toBe(30_000);
  });
});

describe('jobs that wait at a limit', () => {
  const limited = (at: number, parts: Partial<ReturnType<typeof slow>>) =>
    reading(at, {
      heartbeats: [heartbeat(at)],
      slow: slow({ counts: { waiting: 1 }, heads: ['7'], ...parts }),
    });
  const rate = { rateLimitLeftMs: 20_000 };

  it('are fine within the allowed wait, and told with the time left beyond it', () => {
    expect(verdictOf(seen(limited(NOON, rate))).code).toBe('worker.at_limit');
    const late = verdictOf(seen(limited(NOON, rate), limited(NOON + 61_000, rate)));
    expect(late).toMatchObject({ code: 'queue.limited', details: { limitLeftMs: 20_000 } });
    expect(late.message).toContain('the next job may start in 20 s');
  });

  it('never call for more workers', () => {
    const concurrency = { concurrencyLimit: 0 };
    for (const parts of [rate, concurrency]) {
      const { message } = verdictOf(seen(limited(NOON, parts), limited(NOON + 61_000, parts)));
      expect(message).not.toContain('Add workers');
    }
  });

  it('are no sign that a worker without heartbeats is wedged', () => {
    const bare = (at: number, parts: Partial<ReturnType<typeof slow>>) =>
      reading(at, { slow: slow({ counts: { waiting: 1 }, heads: ['7'], connectedWorkers: 1, ...parts }) });
    const after = (parts: Partial<ReturnType<typeof slow>>) =>
      verdictOf(seen(bare(NOON, parts), bare(NOON + 40_000, parts))).code;
    expect(after({})).toBe('worker.wedged');
    expect(after(rate)).toBe('worker.uninstrumented');
  });
});

it('a long backlog of which nothing more is known is told without a guess at where it goes', () => {
  const deep = reading(NOON, {
    heartbeats: [heartbeat(NOON)],
    slow: slow({ counts: { waiting: 5000 }, heads: ['1'] }),
  });
  const { code, message } = verdictOf(seen(deep));
  expect(code).toBe('queue.backlog');
  expect(message).not.toContain('grows');
});

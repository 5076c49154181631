import { describe, expect, it } from '@jest/globals';
import { heartbeat, NOON, reading, seen, slow, verdictOf } from './given.js';

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
    expect(after(rate)).toBe('worker.observed');
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

import { describe, expect, it } from '@jest/globals';
import { GRACE_AFTER_REDIS_MS, wedgedForMs } from '../../../src/modules/heartbeat/wedge.policy.js';

describe('a worker', () => {
  const idle = { takesJobs: true, idleWhileWaitingMs: 30_000, limit: null, redisBackForMs: null };

  it('is wedged after so long, by one rule for itself and for others', () => {
    expect(wedgedForMs(idle, 30_000)).toBe(30_000);
    expect(wedgedForMs({ ...idle, idleWhileWaitingMs: 95_000 }, 30_000)).toBe(95_000);
    expect(wedgedForMs(idle, 30_001)).toBe(0);
  });

  it.each([
    ['it takes no jobs by itself', { takesJobs: false }],
    ['nothing that it could take waits', { idleWhileWaitingMs: null }],
    ['a limit is reached', { limit: { kind: 'rate', leftMs: 1 } as const }],
    ['Redis has just come back', { redisBackForMs: 0 }],
    ['Redis has been back for less than a minute', { redisBackForMs: 59_999 }],
  ])('is not wedged when %s', (_, parts) => {
    expect(wedgedForMs({ ...idle, ...parts }, 30_000)).toBe(0);
  });

  it('is wedged again when Redis has been back for a minute', () => {
    expect(GRACE_AFTER_REDIS_MS).toBe(60_000);
    expect(wedgedForMs({ ...idle, redisBackForMs: 60_000 }, 30_000)).toBe(30_000);
  });
});

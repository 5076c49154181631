import { describe, expect, it } from '@jest/globals';
import { NO_OUTCOMES, type Outcomes } from '../../../src/modules/heartbeat/assess/finishes.state.js';
import { assessJobs } from '../../../src/modules/heartbeat/assess/jobs.assess.js';
import { observedFailing } from '../../../src/modules/heartbeat/assess/outcomes.assess.js';
import { evidence, heartbeat, known, LIMITS, NOON } from './given.js';

const ended = (parts: Partial<Outcomes>) =>
  evidence({ now: NOON, outcomes: { ...NO_OUTCOMES, lastAt: NOON - 2000, ...parts } });
const all = (count: number, parts: Partial<Outcomes> = {}) =>
  ended({ finished: count, failed: count, failuresInARow: count, ...parts });

describe('jobs of workers that say nothing', () => {
  it('all fail: so say those that are kept', () => {
    expect(observedFailing(all(10, { failedWatched: 4 }))).toEqual({
      code: 'jobs.failing',
      message:
        'The last 10 jobs of queue execution have all failed, the last of them 2.0 s ago. 4 failed while it was watched. So say the jobs that the queue keeps.',
      details: { recentFinished: 10, recentFailed: 10, by: 'jobs' },
    });
    expect(assessJobs(all(5), LIMITS).code).toBe('jobs.failing');
  });

  it('all fail: so say the events', () => {
    const verdict = observedFailing(all(6, { by: 'events' }));
    expect(verdict?.code).toBe('jobs.failing');
    expect(verdict?.message).toMatch(/ago\. It keeps no completed jobs; so say BullMQ's events\.$/);
  });

  it('fail, and whether all do is not known', () => {
    const verdict = observedFailing(all(6, { by: 'failed' }));
    expect(verdict?.code).toBe('jobs.some_failing');
    expect(verdict?.message).toContain('whether others succeed cannot be told');
  });

  it.each<[string, Partial<Outcomes>, string | undefined]>([
    ['four are not enough', { finished: 4, failed: 4, failuresInARow: 4 }, undefined],
    [
      'five in a row are, whatever was before',
      { finished: 20, failed: 6, failuresInARow: 5 },
      'jobs.failing',
    ],
    ['half of them', { finished: 10, failed: 5, failuresInARow: 1 }, 'jobs.some_failing'],
    ['less than half', { finished: 11, failed: 5, failuresInARow: 4 }, undefined],
    ['two successes since', { finished: 10, failed: 8, successesInARow: 2 }, 'jobs.some_failing'],
    ['three successes since', { finished: 10, failed: 7, successesInARow: 3 }, undefined],
    ['none that has ended', { finished: 9, failed: 9, failuresInARow: 9, lastAt: null }, undefined],
  ])('%s', (_, parts, code) => {
    expect(observedFailing(ended(parts))?.code).toBe(code);
  });

  it('are left to those workers that send heartbeats', () => {
    expect(observedFailing({ ...all(10), workers: [known(heartbeat(NOON))] })).toBeNull();
  });

  it('that end at a time to come have just ended', () => {
    expect(observedFailing(all(5, { lastAt: NOON + 9000 }))?.message).toContain('0.0 s ago');
  });
});

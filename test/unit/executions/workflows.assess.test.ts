import { describe, expect, it } from '@jest/globals';
import {
  assessWorkflows,
  waitedTooLong,
  type WorkflowFigures,
} from '../../../src/modules/executions/check/workflows.assess.js';

const MAX_WAIT_MS = 60_000;
const calm: WorkflowFigures = {
  totalWorkflows: 3,
  queued: 0,
  running: 2,
  oldestQueuedAgeMs: null,
  succeeded: 10,
  failed: 0,
};
/** As at the moment at which all were counted. */
function assess(changed: Partial<WorkflowFigures> = {}, maxWaitMs = MAX_WAIT_MS) {
  const figures = { ...calm, ...changed };
  return assessWorkflows(figures, { late: waitedTooLong(figures, maxWaitMs), maxWaitMs, ageMs: 0 });
}

describe('the workflows check', () => {
  it('passes while work flows, and says how much there is', () => {
    expect(assess({ queued: 9, oldestQueuedAgeMs: 59_999 })).toEqual({
      code: 'workflows.healthy',
      message: '3 workflows; 9 executions queued, 2 running',
    });
  });

  it('passes while nothing was ever run', () => {
    const nothing = { totalWorkflows: 0, running: 0, succeeded: 0 };
    expect(assess(nothing).message).toBe('0 workflows; 0 executions queued, 0 running');
    expect(assess(nothing).code).toBe('workflows.healthy');
  });

  it('warns when an execution waits longer than it may, not when it waits as long as it may', () => {
    expect(assess({ queued: 7, oldestQueuedAgeMs: 60_000 }).code).toBe('workflows.healthy');
    expect(assess({ queued: 7, oldestQueuedAgeMs: 60_001 }).code).toBe('workflows.waiting');
  });

  it('warns of no wait while nothing is queued, though nothing may wait', () => {
    expect(assess({ oldestQueuedAgeMs: null }, -1).code).toBe('workflows.healthy');
    expect(assess({ queued: 1, oldestQueuedAgeMs: 0 }, 0).code).toBe('workflows.healthy');
  });

  it('says how many wait, and how long, in whole seconds', () => {
    expect(assess({ queued: 7, oldestQueuedAgeMs: 89_700 }, 59_600)).toEqual({
      code: 'workflows.waiting',
      message: '7 executions wait for a worker, the oldest for 90 s (60 s allowed)',
    });
    expect(assess({ queued: 1, oldestQueuedAgeMs: 7_200_400 }, 3_600_400).message).toContain(
      'the oldest for 7200 s (3600 s allowed)',
    );
  });

  it.each([
    [5, 5, 'workflows.failing'],
    [6, 5, 'workflows.healthy'],
    [4, 5, 'workflows.healthy'],
    [0, 9, 'workflows.healthy'],
    [0, 10, 'workflows.failing'],
    [0, 0, 'workflows.healthy'],
    [501, 499, 'workflows.healthy'],
    [499, 501, 'workflows.failing'],
  ])('of %i that succeeded and %i that failed says %s', (succeeded, failed, code) => {
    expect(assess({ succeeded, failed }).code).toBe(code);
  });

  it('says how many failed, of how many', () => {
    expect(assess({ succeeded: 4, failed: 8 }).message).toBe('8 of the last 12 executions failed');
  });

  it('tells of those who wait before those that failed', () => {
    expect(assess({ queued: 1, oldestQueuedAgeMs: 60_001, failed: 10 }).code).toBe('workflows.waiting');
  });

  describe('when all were counted a while ago', () => {
    const then = { ...calm, queued: 7, oldestQueuedAgeMs: 61_000 };
    const judged = (figures: WorkflowFigures, late: boolean) =>
      assessWorkflows(figures, { late, maxWaitMs: MAX_WAIT_MS, ageMs: 30_000 });

    it('takes it that who waits has waited on', () => {
      expect(judged(then, true).message).toBe(
        '7 executions wait for a worker, the oldest for 91 s (60 s allowed)',
      );
    });

    it('says nothing of a wait that is over', () => {
      expect(judged(then, false).code).toBe('workflows.healthy');
    });

    it('takes no execution to have waited on that may have been run', () => {
      expect(judged({ ...then, oldestQueuedAgeMs: 40_000 }, false).code).toBe('workflows.healthy');
    });

    it('tells of a wait that began since, as long as it is at least', () => {
      expect(judged(calm, true)).toEqual({
        code: 'workflows.waiting',
        message: '1 executions wait for a worker, the oldest for 60 s (60 s allowed)',
      });
      expect(judged({ ...then, oldestQueuedAgeMs: 10_000 }, true).message).toContain('the oldest for 60 s');
    });
  });
});

import { describe, expect, it } from '@jest/globals';
import {
  MAX_ATTEMPT,
  MAX_STARTS,
  remedy,
  takenByAnother,
} from '../../../src/modules/executions/reconcile/reconcile.policy.js';

const PRESENT = ['waiting', 'delayed', 'active'] as const;
const GONE = ['absent', 'failed', 'completed'] as const;

describe('an unfinished execution', () => {
  it.each(PRESENT)('is left alone while its job is %s, however often it was begun', (job) => {
    expect(remedy({ starts: 0, attempt: 1 }, job)).toBe('keep');
    expect(remedy({ starts: MAX_STARTS, attempt: MAX_ATTEMPT }, job)).toBe('keep');
  });

  it.each(GONE)('is queued again when its job is %s, until it has ended twenty workers', (job) => {
    expect(remedy({ starts: 0, attempt: 1 }, job)).toBe('requeue');
    expect(remedy({ starts: 19, attempt: 1 }, job)).toBe('requeue');
    expect(remedy({ starts: 20, attempt: 1 }, job)).toBe('give-up');
    expect(remedy({ starts: 21, attempt: 1 }, job)).toBe('give-up');
  });

  it('is given up when its counter of attempts is full, which is what an integer of Postgres holds', () => {
    expect(remedy({ starts: 1, attempt: 2 ** 31 - 2 }, 'absent')).toBe('requeue');
    expect(remedy({ starts: 1, attempt: 2 ** 31 - 1 }, 'absent')).toBe('give-up');
  });

  it('has limits that others may read', () => {
    expect([MAX_STARTS, MAX_ATTEMPT]).toEqual([20, 2_147_483_647]);
  });
});

describe('a job that nobody of ours began', () => {
  it('was taken by somebody else when it was completed', () => {
    expect(takenByAnother({ status: 'queued' }, 'completed')).toBe(true);
  });

  it('was not, when one of ours had begun it', () => {
    expect(takenByAnother({ status: 'running' }, 'completed')).toBe(false);
  });

  it.each([...PRESENT, 'absent', 'failed'] as const)('was not, when it is %s', (job) => {
    expect(takenByAnother({ status: 'queued' }, job)).toBe(false);
    expect(takenByAnother({ status: 'running' }, job)).toBe(false);
  });
});

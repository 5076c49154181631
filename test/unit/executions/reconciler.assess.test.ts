import { describe, expect, it } from '@jest/globals';
import { assessReconciler } from '../../../src/modules/executions/check/reconciler.assess.js';

const HOUR = 3_600_000;
const progress = { advancedAgeMs: 4000, roundAgeMs: 4000, taken: null };
const codeOf = (changed: Partial<typeof progress> | null, possibleForMs = HOUR, unfinished = 10) => {
  const now = changed === null ? null : { ...progress, ...changed };
  return assessReconciler({ progress: now, unfinished, possibleForMs }).code;
};

describe('the search for lost executions', () => {
  it('gets on while pages end', () => {
    expect(codeOf({})).toBe('reconciler.running');
    expect(codeOf({ advancedAgeMs: 29_000 })).toBe('reconciler.running');
  });

  it('stands still when no page ends, or nobody can take a turn any more', () => {
    expect(codeOf({ advancedAgeMs: 31_000 })).toBe('reconciler.stalled');
    expect(codeOf(null)).toBe('reconciler.stalled');
    expect(codeOf(null, 0)).toBe('reconciler.stalled');
  });

  it('stands still when pages end and rounds do not', () => {
    expect(codeOf({ roundAgeMs: 61_000 })).toBe('reconciler.stalled');
  });

  it('may take its time when there is much to go through', () => {
    expect(codeOf({ roundAgeMs: 600_000 }, HOUR, 300_000)).toBe('reconciler.running');
    expect(codeOf({ roundAgeMs: 1_300_000 }, HOUR, 300_000)).toBe('reconciler.stalled');
  });

  it('is not to blame while database or queue could not be asked, nor right after', () => {
    expect(codeOf({ advancedAgeMs: HOUR, roundAgeMs: HOUR }, 20_000)).toBe('reconciler.running');
  });
});

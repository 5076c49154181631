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
    expect(codeOf({ advancedAgeMs: 30_000, roundAgeMs: 60_000 })).toBe('reconciler.running');
  });

  it('stands still when no page ends, or nobody can take a turn any more', () => {
    expect(codeOf({ advancedAgeMs: 30_001 })).toBe('reconciler.stalled');
    expect(codeOf(null)).toBe('reconciler.stalled');
    expect(codeOf(null, 0)).toBe('reconciler.stalled');
  });

  it('stands still when pages end and rounds do not', () => {
    expect(codeOf({ roundAgeMs: 60_001 })).toBe('reconciler.stalled');
  });

  it('may take its time when there is much to go through', () => {
    expect(codeOf({ roundAgeMs: 600_000 }, HOUR, 300_000)).toBe('reconciler.running');
    expect(codeOf({ roundAgeMs: 1_200_000 }, HOUR, 300_000)).toBe('reconciler.running');
    expect(codeOf({ roundAgeMs: 1_200_001 }, HOUR, 300_000)).toBe('reconciler.stalled');
    // One more than so many turns go through takes another turn.
    expect(codeOf({ roundAgeMs: 1_220_000 }, HOUR, 300_001)).toBe('reconciler.running');
    expect(codeOf({ roundAgeMs: 1_220_001 }, HOUR, 300_001)).toBe('reconciler.stalled');
    // Three turns would be a minute: no more is allowed for fewer.
    expect(codeOf({ roundAgeMs: 60_001 }, HOUR, 15_000)).toBe('reconciler.stalled');
    expect(codeOf({ roundAgeMs: 60_001 }, HOUR, 15_001)).toBe('reconciler.running');
  });

  it('is not to blame while database or queue could not be asked, nor right after', () => {
    expect(codeOf({ advancedAgeMs: HOUR, roundAgeMs: HOUR }, 20_000)).toBe('reconciler.running');
    expect(codeOf({ advancedAgeMs: HOUR }, 30_000)).toBe('reconciler.running');
    expect(codeOf({ advancedAgeMs: HOUR }, 30_001)).toBe('reconciler.stalled');
    expect(codeOf({ roundAgeMs: HOUR }, 60_000)).toBe('reconciler.running');
  });

  it('says for how long, by what could be asked, and where to look', () => {
    const says = (changed: Partial<typeof progress> | null, possibleForMs = HOUR) =>
      assessReconciler({
        progress: changed === null ? null : { ...progress, ...changed },
        unfinished: 300_000,
        possibleForMs,
      }).message;
    expect(says({})).toBe('Lost executions are looked for.');
    expect(says(null)).toContain('INSERT INTO execution_sweep DEFAULT VALUES.');
    expect(says({ advancedAgeMs: 30_600 })).toContain('executions for 31 s, while database and queue could');
    expect(says({ advancedAgeMs: HOUR }, 42_400)).toContain('executions for 42 s, while');
    expect(says({ roundAgeMs: 3_000_600 })).toContain(
      'not come round for 3001 s (1200 s allowed for 300000 unfinished ones): something cannot be looked at',
    );
    for (const told of [says({ advancedAgeMs: HOUR }), says({ roundAgeMs: HOUR })])
      expect(told).toContain('See the errors of "Reconciler" in the logs');
  });
});

import { describe, expect, it } from '@jest/globals';
import { outcomeOf, UNANSWERED_LIMIT } from '../../../src/modules/app-server/child/pulse.policy.js';

const message = 'model/list was not answered within 2000 ms';

describe('what one look at the child says', () => {
  it.each(['alive', 'busy'] as const)('is that it lives when it is %s', (kind) => {
    expect(outcomeOf({ kind, message }, 0, 1)).toEqual({ outcome: 'pass', message });
  });

  it('is that it is wedged when it sent nothing at all', () => {
    expect(outcomeOf({ kind: 'mute', message }, 0, 3)).toEqual({
      outcome: 'fail',
      message: `it is wedged: ${message}`,
    });
  });

  it('cannot be told at first of a child that sends and does not answer', () => {
    expect(outcomeOf({ kind: 'unanswered', message }, 1, 1)).toEqual({ outcome: 'error', message });
  });

  it.each([1, 2, 3, UNANSWERED_LIMIT])(
    'is a failure as often as the threshold, %i, when that child has reached its limit, and not before',
    (threshold) => {
      const outcomes = [1, 2, 3, 4, 5].map(
        (unanswered) => outcomeOf({ kind: 'unanswered', message }, unanswered, threshold).outcome,
      );
      expect(outcomes.filter((outcome) => outcome === 'fail')).toHaveLength(threshold);
      expect(outcomes.slice(-threshold)).toEqual(Array.from({ length: threshold }, () => 'fail'));
    },
  );

  it('says of that failure what it says of a mute child', () => {
    expect(outcomeOf({ kind: 'unanswered', message }, UNANSWERED_LIMIT, 1).message).toBe(
      `it is wedged: ${message}`,
    );
  });

  it('refuses a kind that nobody thought of', () => {
    expect(() => outcomeOf({ kind: 'new' as never, message }, 0, 1)).toThrow('Unhandled pulse "new"');
  });
});

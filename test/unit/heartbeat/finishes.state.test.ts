import { describe, expect, it } from '@jest/globals';
import {
  NO_OUTCOMES,
  outcomesAfter,
  type Outcomes,
} from '../../../src/modules/heartbeat/assess/finishes.state.js';
import type { Finishes } from '../../../src/modules/heartbeat/read/reading.js';
import { NOON, slow } from './given.js';

const ago = (...seconds: readonly number[]) => seconds.map((each) => NOON - each * 1000);
const look = (finishes: Partial<Finishes>, counts: { failed?: number; completed?: number } = {}) =>
  slow({ finishes: { failed: [], completed: [], events: null, ...finishes }, counts });
const after = (...looks: readonly ReturnType<typeof slow>[]): Outcomes =>
  looks.reduce<Outcomes>(
    (known, is, index) => outcomesAfter(known, looks[index - 1] ?? null, is, NOON),
    NO_OUTCOMES,
  );

describe('how jobs ended', () => {
  it('is nothing where none has', () => {
    expect(after(look({}))).toEqual(NO_OUTCOMES);
  });

  it('is told by those that are kept, in the order in which they ended', () => {
    expect(after(look({ failed: ago(1, 2, 5), completed: ago(3, 4, 6) }))).toEqual({
      finished: 6,
      failed: 3,
      failuresInARow: 2,
      successesInARow: 0,
      lastAt: NOON - 1000,
      by: 'jobs',
      failedWatched: 0,
    });
    expect(after(look({ failed: ago(9), completed: ago(3, 4) }))).toMatchObject({
      failuresInARow: 0,
      successesInARow: 2,
    });
  });

  it('goes back as far as both lists reach', () => {
    const ten = Array.from({ length: 10 }, (_, index) => index + 1);
    const told = after(look({ failed: ago(...ten), completed: ago(9.5, 11, 12) }));
    expect(told).toMatchObject({ finished: 11, failed: 10, failuresInARow: 9 });
    // With nine the list is whole.
    expect(after(look({ failed: ago(...ten.slice(1)), completed: ago(11, 12) }))).toMatchObject({
      finished: 11,
    });
  });

  it('leaves out what ended more than ten minutes ago', () => {
    expect(after(look({ failed: ago(1, 600, 600.1), completed: ago(700) }))).toMatchObject({
      finished: 2,
      failed: 2,
    });
    expect(after(look({ failed: ago(700) })).lastAt).toBeNull();
  });

  it('is told by the events where no completed job is kept', () => {
    const events = [
      { at: NOON - 1000, well: true },
      { at: NOON - 2000, well: false },
    ];
    const told = after(look({ failed: ago(2, 3, 4), events }));
    expect(told).toMatchObject({ by: 'events', finished: 2, failed: 1, successesInARow: 1 });
  });

  it('is half known where only failed jobs are seen', () => {
    expect(after(look({ failed: ago(2, 3), events: null }))).toMatchObject({ by: 'failed', failed: 2 });
    expect(after(look({ failed: ago(2, 3), events: [] }))).toMatchObject({ by: 'failed', failed: 2 });
    expect(after(look({ failed: ago(2), completed: ago(900) }))).toMatchObject({ by: 'jobs' });
  });

  it('counts what fails while it is watched, until one succeeds', () => {
    const one = look({}, { failed: 3, completed: 1 });
    const two = look({}, { failed: 5, completed: 1 });
    const removed = look({}, { failed: 0, completed: 0 });
    expect(after(one).failedWatched).toBe(0);
    expect(after(one, two).failedWatched).toBe(2);
    expect(after(one, two, removed, two).failedWatched).toBe(0);
    expect(after(one, two, look({}, { failed: 0, completed: 1 })).failedWatched).toBe(2);
    // As many are kept as before, and another one is the last.
    expect(after(one, two, look({ completed: ago(1) }, { failed: 6, completed: 1 })).failedWatched).toBe(0);
  });
});

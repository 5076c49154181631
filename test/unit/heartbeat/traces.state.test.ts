import { describe, expect, it } from '@jest/globals';
import {
  lastTraceAt,
  NO_TRACES,
  tracesAfter,
  type Traces,
} from '../../../src/modules/heartbeat/assess/traces.state.js';
import { NOON, slow } from './given.js';

type Look = Parameters<typeof slow>[0];
const at = (n: number) => NOON + n * 1000;
/** Looks one second apart, the first of them at noon. */
const after = (...looks: readonly Look[]): Traces =>
  looks.reduce<Traces>(
    (before, look, n) => tracesAfter(before, n === 0 ? null : slow(looks[n - 1]), slow(look), at(n)),
    NO_TRACES,
  );

describe('connections', () => {
  const seen = (...connected: readonly (number | null)[]) => {
    const { connectedAt, absentSince } = after(...connected.map((each) => ({ connectedWorkers: each })));
    return { connectedAt, absentSince };
  };

  it('were last seen when the list told of some', () => {
    expect(seen(1, 2)).toEqual({ connectedAt: at(1), absentSince: null });
  });

  it('are absent since the first look that told of none, and only if there had been some', () => {
    expect(seen(0, 0)).toEqual({ connectedAt: null, absentSince: null });
    expect(seen(1, 0, 0)).toEqual({ connectedAt: at(0), absentSince: at(1) });
    expect(seen(1, 0, 1)).toEqual({ connectedAt: at(2), absentSince: null });
    expect(seen(1, 0, 1, 0)).toEqual({ connectedAt: at(2), absentSince: at(3) });
  });

  it('are neither there nor gone while the list is withheld', () => {
    expect(seen(null)).toEqual({ connectedAt: null, absentSince: null });
    expect(seen(1, 0, null)).toEqual({ connectedAt: at(0), absentSince: null });
  });
});

describe('jobs', () => {
  const none = { counts: { completed: 2, failed: 2 }, activeIds: ['1', '2'] };

  it.each<[string, Look, boolean]>([
    ['nothing changes', {}, false],
    ['one more is completed', { counts: { completed: 3, failed: 2 } }, true],
    ['one more has failed', { counts: { completed: 2, failed: 3 } }, true],
    ['those that have ended are removed', { counts: { completed: 1, failed: 0 } }, false],
    ['one is taken', { activeIds: ['3', '1', '2'] }, true],
    ['one is active no more', { activeIds: ['2'] }, true],
    ['they stand in another order', { activeIds: ['2', '1'] }, false],
  ])('moved or not when %s', (_, look, moved) => {
    expect(after(none, { ...none, ...look }, { ...none, ...look }).movedAt).toBe(moved ? at(1) : null);
  });

  it('are not seen to move at the first look', () => {
    expect(after(none).movedAt).toBeNull();
  });
});

describe("BullMQ's stalled check", () => {
  const renewed = (...left: readonly (number | null)[]) => {
    const { renewedAt, renewedForMs } = after(...left.map((each) => ({ stalledCheckLeftMs: each })));
    return { renewedAt, renewedForMs };
  };

  it('is renewed when more time is left than before, or when it comes', () => {
    expect(renewed(20_000, 20_001, 19_000)).toEqual({ renewedAt: at(1), renewedForMs: 20_001 });
    expect(renewed(1000, 30_000, 2000, 29_000)).toEqual({ renewedAt: at(3), renewedForMs: 29_000 });
    expect(renewed(null, 30_000)).toEqual({ renewedAt: at(1), renewedForMs: 30_000 });
  });

  it.each([
    ['it merely lingers', [20_000, 19_000]],
    ['it stands still', [20_000, 20_000]],
    ['it is not there now', [30_000, null]],
    ['it was never looked at before', [30_000]],
    ['it has run out', [null, 0]],
  ])('is not seen to be renewed when %s', (_, left) => {
    expect(renewed(...left)).toEqual({ renewedAt: null, renewedForMs: null });
  });
});

it('no trace is of a time to come when the clock of Redis goes back', () => {
  const later = { connectedAt: at(9), absentSince: at(9), movedAt: at(9), renewedAt: at(9), renewedForMs: 5 };
  expect(tracesAfter(later, null, slow({ connectedWorkers: 0 }), NOON)).toEqual({
    connectedAt: NOON,
    absentSince: NOON,
    movedAt: NOON,
    renewedAt: NOON,
    renewedForMs: 5,
  });
});

it('the last trace is the latest of all, if there is any', () => {
  expect(lastTraceAt(NO_TRACES)).toBeNull();
  expect(lastTraceAt({ ...NO_TRACES, connectedAt: 3, movedAt: 5, renewedAt: 4 })).toBe(5);
  expect(lastTraceAt({ ...NO_TRACES, connectedAt: 3 })).toBe(3);
  expect(lastTraceAt({ ...NO_TRACES, renewedAt: 4, absentSince: 9 })).toBe(4);
});

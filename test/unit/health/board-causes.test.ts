import { describe, expect, it } from '@jest/globals';
import {
  record,
  unanswered,
  withCauses,
  type CheckRecord,
} from '../../../src/modules/health/board/board.state.js';
import type { Code } from '../../../src/modules/health/index.js';

const at = { now: 1_000_000, mono: 0 };

describe('causes', () => {
  const saying =
    (code: Code) =>
    (key: string, ...dependsOn: string[]) => {
      const before = unanswered({ key, counts: 'readiness', dependsOn }, Infinity, at);
      const answer = { code, message: code, details: {} };
      return record(before, { answer, latencyMs: 1, validUntil: 10_000, recoverAfter: 1 }, at).record;
    };
  const failing = saying('check.down');
  const passing = saying('check.up');
  const warning = saying('check.degraded');
  const because = (...records: CheckRecord[]) =>
    Object.fromEntries(withCauses(records).map((check) => [check.key, check.because]));

  it('are named when the check that one depends on fails', () => {
    expect(because(failing('worker', 'queue'), failing('queue'))).toEqual({ worker: 'queue', queue: null });
  });

  it('are followed to the root', () => {
    expect(because(failing('a', 'b'), failing('b', 'c'), failing('c'))).toEqual({ a: 'c', b: 'c', c: null });
  });

  it('are not a check that passes, nor one that only warns, nor one that is not on the board', () => {
    expect(because(failing('a', 'b'), passing('b'))).toEqual({ a: null, b: null });
    expect(because(failing('a', 'b'), warning('b'))).toEqual({ a: null, b: null });
    expect(because(failing('a', 'nobody'))).toEqual({ a: null });
  });

  it('leave a check as it is when they are as they were', () => {
    const [first] = withCauses([failing('a')]);
    expect(withCauses([first as CheckRecord])[0]).toBe(first);
  });

  it('are not given to a check that passes', () => {
    expect(because(passing('a', 'b'), failing('b'))).toEqual({ a: null, b: null });
  });

  it('explain a warning too', () => {
    expect(because(warning('a', 'b'), failing('b'))).toEqual({ a: 'b', b: null });
  });

  it('end in a cycle', () => {
    expect(because(failing('a', 'b'), failing('b', 'a'), failing('c', 'a'))).toMatchObject({
      a: 'b',
      b: 'a',
    });
    expect(because(failing('self', 'self'))).toEqual({ self: null });
  });

  it('stand before what they cause, failures before warnings before passes', () => {
    const order = withCauses([
      passing('fine'),
      failing('worker', 'queue'),
      warning('meh'),
      failing('queue'),
    ]).map((check) => check.key);
    expect(order).toEqual(['queue', 'worker', 'meh', 'fine']);
  });
});

import { describe, expect, it } from '@jest/globals';
import {
  afterDryRun,
  dueForDryRun,
  inDoubt,
  noDryRuns,
  refusedByDryRun,
} from '../../../src/modules/queue/check/dry-runs.state.js';
import type { RedisFailure } from '../../../src/modules/redis/index.js';

const refused: RedisFailure = { code: 'redis.not_permitted', text: 'NOPERM', disconnected: false };
const names = ['a', 'b', 'c'];

describe('the dry runs of several queues', () => {
  it('are due at once, the first queue and one more at a time', () => {
    let runs = noDryRuns(names);
    expect(dueForDryRun(runs, 0)).toEqual(['a', 'b']);
    for (const queue of ['a', 'b']) runs = afterDryRun(runs, queue, 0, null);
    expect(dueForDryRun(runs, 1)).toEqual(['c']);
    runs = afterDryRun(runs, 'c', 1, null);
    expect(dueForDryRun(runs, 2)).toEqual([]);
  });

  it('are due again after a minute, whoever waited longest', () => {
    const runs = names.reduce((all, queue, at) => afterDryRun(all, queue, at, null), noDryRuns(names));
    expect(dueForDryRun(runs, 59_999)).toEqual([]);
    expect(dueForDryRun(runs, 60_000)).toEqual(['a']);
    expect(dueForDryRun(runs, 60_001)).toEqual(['a', 'b']);
    expect(dueForDryRun(runs, 60_002)).toEqual(['a', 'b']);
  });

  it('are the rarer the more queues there are, but for the first', () => {
    const many = Array.from({ length: 100 }, (_, index) => `q${index}`);
    const runs = many.reduce((all, queue) => afterDryRun(all, queue, 0, null), noDryRuns(many));
    expect(dueForDryRun(runs, 60_000)).toEqual(['q0']);
    expect(dueForDryRun(runs, 599_999)).toEqual(['q0']);
    expect(dueForDryRun(runs, 600_000)).toEqual(['q0', 'q1']);
  });

  it('are tried one after the other where they are many', () => {
    const many = Array.from({ length: 12 }, (_, index) => `q${index}`);
    let runs = afterDryRun(noDryRuns(many), 'q0', 0, null);
    runs = afterDryRun(runs, 'q1', 0, null);
    expect(dueForDryRun(runs, 2499)).toEqual([]);
    expect(dueForDryRun(runs, 2500)).toEqual(['q2']);
  });

  it('are tried again soon after one was refused, and say whose it was', () => {
    let runs = names.reduce((all, queue) => afterDryRun(all, queue, 0, null), noDryRuns(names));
    expect(refusedByDryRun(runs)).toBeNull();
    runs = afterDryRun(runs, 'c', 0, refused);
    expect(dueForDryRun(runs, 2999)).toEqual([]);
    expect(dueForDryRun(runs, 3000)).toEqual(['c']);
    expect(refusedByDryRun(runs)?.text).toBe('NOPERM (queue c)');
    runs = afterDryRun(runs, 'a', 0, refused);
    expect(refusedByDryRun(runs)?.text).toBe('NOPERM');
  });

  it('are all due when somebody was refused, and what is known stays until then', () => {
    const runs = inDoubt(afterDryRun(noDryRuns(['a']), 'a', 50, refused));
    expect(dueForDryRun(runs, 51)).toEqual(['a']);
    expect(refusedByDryRun(runs)).toBe(refused);
  });

  it('are none where no queue is named', () => {
    expect(dueForDryRun(noDryRuns([]), 1e9)).toEqual([]);
  });
});

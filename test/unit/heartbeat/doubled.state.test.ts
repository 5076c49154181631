import { describe, expect, it } from '@jest/globals';
import {
  doubledAfter,
  NONE_DOUBLED,
  type Doubled,
  type DoubledState,
} from '../../../src/modules/heartbeat/assess/doubled.state.js';
import type { Heartbeat } from '../../../src/modules/heartbeat/heartbeat.js';
import { heartbeat, NOON, slow } from './given.js';

const INTERVAL_MS = 5000;
const runs = (...starts: readonly [id: string, startedAgeMs: number][]) =>
  starts.map(([id, startedAgeMs]) => ({ id, startedAgeMs, progressAgeMs: null, attempt: 1 }));
/** A heartbeat of a life that started this job so long before it. */
const holder = (life: string, at: number, startedAgeMs: number, parts = {}) =>
  heartbeat(at, {
    id: life,
    incarnation: life,
    intervalMs: INTERVAL_MS,
    active: runs(['job-1', startedAgeMs]),
    ...parts,
  });
const look = (heartbeats: readonly Heartbeat[], unlocked: readonly [jobId: string, life: string][] = []) => ({
  now: NOON,
  heartbeats,
  slow: slow({ unlocked: unlocked.map(([jobId, incarnation]) => ({ jobId, incarnation })) }),
});
const jobsOf = (state: DoubledState) => [...state.jobs.values()];
const doubled = (...heartbeats: readonly Heartbeat[]) =>
  jobsOf(doubledAfter(NONE_DOUBLED, look(heartbeats), new Set()));
const both = { jobId: 'job-1', holders: ['a', 'b'], at: NOON };

describe('a job in the hands of two workers', () => {
  it('runs twice when each told of it after the other had begun', () => {
    expect(doubled(holder('a', NOON, 8000), holder('b', NOON, 3000))).toEqual([both]);
  });

  it('runs twice when one heartbeat tells of it twice', () => {
    const twice = holder('a', NOON, 0, { active: runs(['job-1', 8000], ['job-1', 3000]) });
    expect(doubled(twice)).toEqual([{ jobId: 'job-1', holders: ['a'], at: NOON }]);
  });

  it('was handed on when it was last told of here before it began there, by a margin of 250 ms', () => {
    // The one told of it a second ago; the other began so much earlier than that.
    const begun = (earlierMs: number) => holder('b', NOON, 1000 + earlierMs);
    const first = holder('a', NOON - 1000, 8000);
    expect(doubled(first, begun(251))).toEqual([both]);
    expect(doubled(first, begun(250))).toEqual([]);
    expect(doubled(begun(251), first)).toEqual([{ ...both, holders: ['b', 'a'] }]);
    expect(doubled(begun(250), first)).toEqual([]);
  });

  it('is told with all who held it, when two of three hold it at once', () => {
    const all = [holder('gone', NOON - 7000, 100), holder('a', NOON, 5000), holder('b', NOON, 3000)];
    expect(doubled(...all)).toEqual([{ ...both, holders: ['gone', 'a', 'b'] }]);
  });

  it('has to be the same job', () => {
    expect(
      doubled(holder('a', NOON, 8000, { active: runs(['job-2', 8000]) }), holder('b', NOON, 3000)),
    ).toEqual([]);
  });

  it('is told by heartbeats that are not older than one and a half intervals', () => {
    const since = (ageMs: number) => doubled(holder('a', NOON - ageMs, 8000), holder('b', NOON, 30_000));
    expect(since(7500)).toEqual([both]);
    expect(since(7501)).toEqual([]);
  });

  it('is not told by a goodbye', () => {
    const stopped = holder('a', NOON, 8000, { state: 'stopped' });
    expect(doubled(stopped, holder('b', NOON, 3000))).toEqual([]);
    const stopping = holder('a', NOON, 8000, { state: 'stopping' });
    expect(doubled(stopping, holder('b', NOON, 3000))).toEqual([both]);
  });
});

describe('a job that ran twice', () => {
  const old: Doubled = { jobId: 'job-1', holders: ['a', 'b'], at: NOON - 600_000 };
  const state = (...jobs: readonly Doubled[]): DoubledState => ({
    jobs: new Map(jobs.map((each) => [each.jobId, each])),
    missing: new Map(),
  });
  const later = (before: DoubledState, alive: readonly string[], heartbeats: readonly Heartbeat[] = []) =>
    jobsOf(doubledAfter(before, look(heartbeats), new Set(alive)));

  it('is remembered for ten minutes', () => {
    expect(later(state(old), ['a', 'b'])).toEqual([old]);
    expect(later(state({ ...old, at: NOON - 600_001 }), ['a', 'b'])).toEqual([]);
  });

  it('is past when all who held it are', () => {
    expect(later(state(old), ['b'])).toEqual([old]);
    expect(later(state(old), ['c'])).toEqual([]);
  });

  it('is remembered with all who ever held it', () => {
    const again = [holder('b', NOON, 8000), holder('c', NOON, 3000)];
    expect(later(state(old), ['a', 'b', 'c'], again)).toEqual([{ ...both, holders: ['a', 'b', 'c'] }]);
  });

  it('is one of the last hundred', () => {
    const many = Array.from({ length: 101 }, (_, n) => ({ ...old, jobId: `old-${n}` }));
    const kept = later(state(...many), ['a']);
    expect(kept).toEqual(many.slice(1));
  });
});

describe('a job whose holder has no lock of it', () => {
  const missingSince = (at: number, incarnation = 'a'): DoubledState => ({
    jobs: new Map(),
    missing: new Map([['job-1', { incarnation, at }]]),
  });
  const unlocked: [string, string][] = [['job-1', 'a']];
  const goesOn = (before: DoubledState, ...heartbeats: readonly Heartbeat[]) =>
    jobsOf(doubledAfter(before, look(heartbeats, unlocked), new Set(['a'])));
  const alone = [{ jobId: 'job-1', holders: ['a'], at: NOON }];

  it('is noted first, since when', () => {
    const first = doubledAfter(NONE_DOUBLED, look([holder('a', NOON, 8000)], unlocked), new Set(['a']));
    expect(first.jobs.size).toBe(0);
    expect([...first.missing]).toEqual([['job-1', { incarnation: 'a', at: NOON }]]);
    const before = missingSince(NOON - 3000);
    expect(doubledAfter(before, look([], unlocked), new Set()).missing).toEqual(before.missing);
  });

  it('is noted anew when another life has it, and no more when the lock is there', () => {
    const before = missingSince(NOON - 3000, 'z');
    const { missing } = doubledAfter(before, look([], unlocked), new Set());
    expect([...missing]).toEqual([['job-1', { incarnation: 'a', at: NOON }]]);
    expect(doubledAfter(before, look([]), new Set()).missing.size).toBe(0);
  });

  it('is about to run twice when a later heartbeat tells of it, by a margin of 250 ms', () => {
    expect(goesOn(missingSince(NOON - 251), holder('a', NOON, 8000))).toEqual(alone);
    expect(goesOn(missingSince(NOON - 250), holder('a', NOON, 8000))).toEqual([]);
    const beside = holder('b', NOON, 8000, { active: runs(['job-2', 8000]) });
    expect(goesOn(missingSince(NOON - 251), beside, holder('a', NOON, 8000))).toEqual(alone);
  });

  it('is another run when it began after the lock was missed', () => {
    expect(goesOn(missingSince(NOON - 3000), holder('a', NOON, 3001))).toEqual(alone);
    expect(goesOn(missingSince(NOON - 3000), holder('a', NOON, 3000))).toEqual([]);
  });

  it.each([
    ['another life', holder('b', NOON, 8000)],
    ['another job', holder('a', NOON, 8000, { active: runs(['job-2', 8000]) })],
  ])('is not proved to go on by a heartbeat of %s', (_, beat) => {
    expect(goesOn(missingSince(NOON - 3000), beat)).toEqual([]);
  });
});

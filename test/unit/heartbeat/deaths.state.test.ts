import { describe, expect, it } from '@jest/globals';
import {
  deathsAfter,
  isOver,
  poisonAmong,
  type Poison,
} from '../../../src/modules/heartbeat/assess/deaths.state.js';
import type { Death, KnownWorker } from '../../../src/modules/heartbeat/assess/evidence.js';
import { heartbeat, known, NOON, slow } from './given.js';

const held = (id: string) => ({ id, startedAgeMs: 100, progressAgeMs: null, attempt: 1 });
const holding = (parts: Parameters<typeof heartbeat>[1] = {}) =>
  heartbeat(NOON - 2000, { token: 'token-1', active: [held('job-1'), held('job-2')], ...parts });
const next = heartbeat(NOON, { incarnation: 'life-2', upForMs: 1000 });
const death = (parts: Partial<Death> = {}): Death => ({
  incarnation: 'life-1',
  token: 'token-1',
  at: NOON,
  jobs: ['job-1', 'job-2'],
  ...parts,
});
const after = (
  before: readonly Death[],
  was: readonly KnownWorker[],
  is: readonly KnownWorker[],
  parts: Parameters<typeof slow>[0] = {},
) => deathsAfter(before, was, is, { now: NOON, slow: slow(parts) });
const lock = (jobId: string, token: string | null) => ({ jobId, token, leftMs: 500 });

describe('a life that ended without a goodbye', () => {
  it('is one whose connection is gone, with the jobs that it held', () => {
    expect(after([], [known(holding())], [known(holding(), { goneSince: NOON - 500 })])).toEqual([death()]);
  });

  it('is one that another of the same id has taken the place of', () => {
    expect(after([], [known(holding())], [known(next)])).toEqual([death()]);
  });

  it.each<[string, readonly KnownWorker[]]>([
    ['goes on', [known(holding())]],
    ['goes on beside another of its id, for both beat', [known(next, { doubleAt: NOON })]],
    ['goes on beside a worker of another id', [known(heartbeat(NOON, { id: 'w2', incarnation: 'life-2' }))]],
    ['is not listed any more, for nobody knows', []],
  ])('is none that %s', (_, is) => {
    expect(after([], [known(holding())], is)).toEqual([]);
  });

  it.each(['stopped', 'stopping'] as const)('is none that was %s', (state) => {
    const worker = known(holding({ state }), { goneSince: NOON });
    expect(after([], [worker], [worker])).toEqual([]);
    expect(after([], [worker], [known(next)])).toEqual([]);
  });

  it('is counted once, in one look and in the next', () => {
    const gone = known(holding(), { goneSince: NOON });
    const first = after([], [gone], [gone]);
    expect(first).toEqual([death()]);
    expect(after(first, [gone], [gone])).toEqual(first);
    expect(after(first, [gone], [known(next)])).toEqual(first);
  });

  it('is remembered for ten minutes', () => {
    const old = death({ at: NOON - 600_000 });
    expect(after([old], [], [])).toEqual([old]);
    expect(after([{ ...old, at: NOON - 600_001 }], [], [])).toEqual([]);
  });

  it('is one of the last two hundred', () => {
    const many = Array.from({ length: 200 }, (_, n) => death({ incarnation: `old-${n}` }));
    expect(after(many, [], [])).toHaveLength(200);
    const more = after(many, [known(holding())], [known(next)]);
    expect(more).toHaveLength(200);
    expect(more.map(({ incarnation }) => incarnation)).toEqual([
      ...many.slice(1).map(({ incarnation }) => incarnation),
      'life-1',
    ]);
  });
});

describe('the lock of a dead worker', () => {
  it('tells of a job that killed it before a heartbeat could, at once and for a minute', () => {
    const locks = [lock('job-3', 'token-1:0'), lock('job-4', 'token-1:1')];
    const told = death({ jobs: ['job-1', 'job-2', 'job-3', 'job-4'] });
    expect(after([], [known(holding())], [known(next)], { locks })).toEqual([told]);
    const old = death({ at: NOON - 60_000 });
    expect(after([old], [], [], { locks: locks.slice(0, 1) })).toEqual([
      { ...old, jobs: ['job-1', 'job-2', 'job-3'] },
    ]);
    const older = death({ at: NOON - 60_001 });
    expect(after([older], [], [], { locks })).toEqual([older]);
  });

  it.each([
    ['a job that is known', lock('job-2', 'token-1:0')],
    ['a job of somebody else', lock('job-3', 'token-2:0')],
    ['a job whose lock only contains its name', lock('job-3', 'not-token-1:0')],
    ['a job whose holder nobody saw', lock('job-3', null)],
  ])('tells nothing new of %s', (_, each) => {
    expect(after([death()], [], [], { locks: [each] })).toEqual([death()]);
  });

  it('tells nothing of a worker that did not say how its locks begin', () => {
    const nameless = death({ token: '' });
    expect(after([nameless], [], [], { locks: [lock('job-3', 'token-2:0')] })).toEqual([nameless]);
  });
});

describe('work that was held by life after life as it ended', () => {
  const execution = '0b9a3a3e-6a5f-4d0b-9f53-2f0e8d1c7a11';
  const among = (...jobs: readonly (readonly string[])[]) =>
    poisonAmong(jobs.map((each, n) => death({ incarnation: `life-${n}`, at: NOON + n, jobs: each })));

  it('is poison from the third on', () => {
    expect(among(['a'], ['a'])).toEqual([]);
    expect(among(['a'], ['a'], ['a'])).toEqual([{ work: 'a', jobId: 'a', lives: 3, lastAt: NOON + 2 }]);
  });

  it('has to be the same work', () => {
    expect(among(['a'], ['b'], ['c'], ['a'], ['b'])).toEqual([]);
  });

  it('may be several attempts, of which the last is named', () => {
    const [one, two] = [`${execution}-1`, `${execution}-2`];
    const found = { work: execution, jobId: two, lives: 3 };
    expect(among([one], [one], [two])).toEqual([{ ...found, lastAt: NOON + 2 }]);
    const unsorted = [two, one, one].map((id, n) => death({ at: NOON - n, jobs: [id] }));
    expect(poisonAmong(unsorted)).toEqual([{ ...found, lastAt: NOON }]);
    const atOnce = [one, one, two].map((id) => death({ jobs: [id] }));
    expect(poisonAmong(atOnce)).toEqual([{ ...found, lastAt: NOON }]);
  });

  it('counts one life once, though it held two attempts', () => {
    expect(among([`${execution}-1`, `${execution}-2`], [`${execution}-2`])).toEqual([]);
    expect(among([`${execution}-1`, `${execution}-2`], [`${execution}-2`], [`${execution}-3`])).toMatchObject(
      [{ lives: 3, jobId: `${execution}-3` }],
    );
  });

  it('is told worst first', () => {
    const found = among(['a', 'b'], ['a', 'b'], ['a', 'b', 'c'], ['b', 'c'], ['c'], ['c'], ['c']);
    expect(found.map(({ work, lives }) => [work, lives])).toEqual([
      ['c', 5],
      ['b', 4],
      ['a', 3],
    ]);
  });
});

describe('work that killed', () => {
  const execution = '0b9a3a3e-6a5f-4d0b-9f53-2f0e8d1c7a11';
  const poison: Poison = { work: execution, jobId: `${execution}-2`, lives: 3, lastAt: NOON };
  const over = (parts: Parameters<typeof slow>[0], sinceMs = 0) =>
    isOver(poison, { now: NOON + sinceMs, slow: slow(parts) });

  it.each([
    [2, true],
    [3, true],
    [5, true],
    [1, false],
    [6, false],
  ])('in its attempt 2 has ended when attempt %d has: %s', (attempt, expected) => {
    expect(over({ ended: [`${execution}-${attempt}`] })).toBe(expected);
  });

  it('goes on while nothing says that it ended', () => {
    expect(over({}, 3_600_000)).toBe(false);
    expect(over({ ended: ['another'], givenUp: ['another'] }, 3_600_000)).toBe(false);
  });

  it('is over two minutes after it was given up for good', () => {
    const givenUp = [poison.jobId];
    expect([0, 120_000, 120_001].map((ms) => over({ givenUp }, ms))).toEqual([false, false, true]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { oldestAge } from '../../../src/modules/heartbeat/assess/depth.js';
import { assessJobs } from '../../../src/modules/heartbeat/assess/jobs.assess.js';
import type { QueueEvidence } from '../../../src/modules/heartbeat/assess/evidence.js';
import type { Watch } from '../../../src/modules/heartbeat/assess/watch.state.js';
import { evidence, heartbeat, known, LIMITS, NOON, reading, seen, slow, verdictOf } from './given.js';

const FINISHING = { code: 'jobs.finishing', message: 'Jobs finish.', details: {} };

const judged = (parts: Partial<QueueEvidence>) => assessJobs(evidence(parts), LIMITS);
const codeOf = ({ evidence }: Watch) => assessJobs(evidence, LIMITS).code;
const holding = (id: string, startedAgeMs: number) => [{ id, startedAgeMs, progressAgeMs: null, attempt: 1 }];
/** Another life of the worker every two seconds, each with what it held at its last heartbeat. */
const life = (n: number, parts: Parameters<typeof heartbeat>[1] = {}) =>
  heartbeat(NOON + n * 2000, { incarnation: `life-${n}`, upForMs: 1000, sequence: n, ...parts });
const lives = (count: number, parts: Parameters<typeof heartbeat>[1] = {}) =>
  Array.from({ length: count }, (_, n) => reading(NOON + n * 2000, { heartbeats: [life(n, parts)] }));

describe('a job that kills its workers', () => {
  const killing = { active: holding('job-7', 100) };

  it('is named when three lives ended with it in their hands, by both checks, and stays so while workers come and go', () => {
    const watched = seen(...lives(4, killing));
    expect(codeOf(watched)).toBe('jobs.poison');
    expect(verdictOf(watched)).toMatchObject({
      code: 'jobs.poison',
      message: expect.stringContaining('job-7'),
    });
    const between = seen(
      ...lives(4, killing),
      reading(NOON + 9000, { heartbeats: [life(3, killing)], absent: new Set(['life-3']) }),
    );
    expect(verdictOf(between).code).toBe('jobs.poison');
    const again = seen(...lives(4, killing), reading(NOON + 10_000, { heartbeats: [life(5)] }));
    expect(verdictOf(again).code).toBe('jobs.poison');
  });

  it('counts by the lock that the dead one held, when no heartbeat told of the job', () => {
    const each = Array.from({ length: 4 }, (_, n) =>
      reading(NOON + n * 2000, {
        heartbeats: [life(n, { token: `token-${n}` })],
        slow: slow({ locks: [{ jobId: 'job-7', token: `token-${n - 1}:0`, leftMs: 500 }] }),
      }),
    );
    expect(codeOf(seen(...each))).toBe('jobs.poison');
  });

  it('counts by a lock that is looked at only after the death', () => {
    const each = Array.from({ length: 4 }, (_, n) =>
      reading(NOON + n * 2000, { heartbeats: [life(n, { token: `token-${n}` })] }),
    );
    const locks = (now: number, n: number) =>
      reading(now, {
        heartbeats: [life(3, { token: 'token-3' })],
        slow: slow({ locks: [{ jobId: 'job-7', token: `token-${n}:0`, leftMs: 500 }] }),
      });
    const told = [0, 1, 2].map((n) => locks(NOON + 7000 + n * 1000, n));
    expect(codeOf(seen(...each, ...told.slice(0, 2)))).toBe('jobs.finishing');
    expect(codeOf(seen(...each, ...told))).toBe('jobs.poison');
  });

  describe('as an execution', () => {
    const execution = '0b9a3a3e-6a5f-4d0b-9f53-2f0e8d1c7a11';
    const dead = [1, 1, 2, 2].map((attempt, n) =>
      reading(NOON + n * 2000, {
        heartbeats: [life(n, { active: holding(`${execution}-${attempt}`, 100) })],
      }),
    );
    const after = (ms: number, parts: Parameters<typeof slow>[0]) =>
      reading(NOON + 6000 + ms, {
        heartbeats: [heartbeat(NOON + 6000 + ms, { incarnation: 'life-4', sequence: 4 + ms })],
        slow: slow(parts),
      });

    it('is counted across its attempts, and named with the last of them', () => {
      expect(codeOf(seen(...dead.slice(0, 3)))).toBe('jobs.finishing');
      const watched = seen(...dead);
      expect(codeOf(watched)).toBe('jobs.poison');
      expect(verdictOf(watched)).toMatchObject({
        code: 'jobs.poison',
        message: expect.stringContaining(`${execution}-2, an attempt at execution ${execution},`),
      });
    });

    it('is none when each life held another execution', () => {
      const others = [1, 2, 3, 4].map((each, n) =>
        reading(NOON + n * 2000, {
          heartbeats: [
            life(n, { active: holding(`${execution.replace(/^.{8}/, '0000000' + each)}-1`, 100) }),
          ],
        }),
      );
      expect(codeOf(seen(...others))).toBe('jobs.finishing');
    });

    it('goes on when BullMQ gives up an attempt, until no next one has come for two minutes', () => {
      const givenUp = { givenUp: [`${execution}-2`] };
      const at = (ms: number) => seen(...dead, after(2000, givenUp), after(ms, givenUp));
      expect(codeOf(at(110_000))).toBe('jobs.poison');
      expect(codeOf(at(130_000))).toBe('jobs.finishing');
    });

    it('is over when the last attempt has ended, whatever became of those before', () => {
      expect(codeOf(seen(...dead, after(2000, { ended: [`${execution}-1`] })))).toBe('jobs.poison');
      expect(codeOf(seen(...dead, after(2000, { ended: [`${execution}-2`] })))).toBe('jobs.finishing');
      expect(codeOf(seen(...dead, after(2000, { ended: [`${execution}-4`] })))).toBe('jobs.finishing');
    });
  });

  it('is none after two deaths, nor when each life held something else, nor after goodbyes', () => {
    expect(codeOf(seen(...lives(3, killing)))).toBe('jobs.finishing');
    const others = Array.from({ length: 5 }, (_, n) =>
      reading(NOON + n * 2000, { heartbeats: [life(n, { active: holding(`job-${n}`, 100) })] }),
    );
    expect(codeOf(seen(...others))).toBe('jobs.finishing');
    expect(codeOf(seen(...lives(5, { ...killing, state: 'stopped' })))).toBe('jobs.finishing');
  });

  it('is over when the job has ended, or ten minutes later', () => {
    const ended = reading(NOON + 9000, { heartbeats: [life(4)], slow: slow({ ended: ['job-7'] }) });
    expect(codeOf(seen(...lives(4, killing), ended))).toBe('jobs.finishing');
    const later = reading(NOON + 700_000, {
      heartbeats: [heartbeat(NOON + 700_000, { incarnation: 'life-9' })],
    });
    expect(codeOf(seen(...lives(4, killing), later))).toBe('jobs.finishing');
  });
});

describe('a job that runs twice at once', () => {
  const other = { id: 'worker-2', incarnation: 'other' };
  const both = (at: number) => [
    heartbeat(at, { active: holding('job-1', 8000) }),
    heartbeat(at, { ...other, active: holding('job-1', 3000) }),
  ];

  it('is seen in two heartbeats, or twice in one', () => {
    expect(codeOf(seen(reading(NOON, { heartbeats: both(NOON) })))).toBe('jobs.doubled');
    const twice = [...holding('job-1', 8000), ...holding('job-1', 3000)];
    expect(codeOf(seen(reading(NOON, { heartbeats: [heartbeat(NOON, { active: twice })] })))).toBe(
      'jobs.doubled',
    );
  });

  it('was not handed on: one that ended here before it began there', () => {
    const handedOn = [
      heartbeat(NOON - 1000, { active: holding('job-1', 8000) }),
      heartbeat(NOON, { ...other, active: holding('job-1', 900) }),
    ];
    expect(codeOf(seen(reading(NOON, { heartbeats: handedOn })))).toBe('jobs.finishing');
  });

  it('fails the check when the queue failed it as stalled', () => {
    const failed = reading(NOON + 5000, {
      heartbeats: both(NOON + 5000),
      slow: slow({ stalledOut: ['job-1'] }),
    });
    expect(codeOf(seen(reading(NOON, { heartbeats: both(NOON) }), failed))).toBe('jobs.doubled_failed');
  });

  it('is about to when its living holder has no lock of it, as a later heartbeat proves', () => {
    const unlocked = slow({ unlocked: [{ jobId: 'job-1', incarnation: 'life-1' }] });
    const at = (now: number, startedAgeMs: number | null) =>
      reading(now, {
        heartbeats: [heartbeat(now, startedAgeMs === null ? {} : { active: holding('job-1', startedAgeMs) })],
        slow: unlocked,
      });
    expect(codeOf(seen(at(NOON, 4000)))).toBe('jobs.finishing');
    expect(codeOf(seen(at(NOON, 4000), at(NOON + 5000, null)))).toBe('jobs.finishing');
    expect(codeOf(seen(at(NOON, 4000), at(NOON + 5000, 1000)))).toBe('jobs.finishing');
    expect(codeOf(seen(at(NOON, 4000), at(NOON + 5000, 9000)))).toBe('jobs.doubled');
  });

  it('is past with the workers that did it', () => {
    const replaced = ['worker-1', 'worker-2'].map((id) =>
      heartbeat(NOON + 9000, { id, incarnation: `new-${id}`, upForMs: 1000 }),
    );
    const watched = seen(
      reading(NOON, { heartbeats: both(NOON) }),
      reading(NOON + 9000, { heartbeats: replaced }),
      reading(NOON + 10_000, { heartbeats: replaced }),
    );
    expect(codeOf(watched)).toBe('jobs.finishing');
  });
});

/** Jobs that run twice, oldest first. */
const doubledJobs = (...ids: string[]): Pick<QueueEvidence, 'doubled'> => ({
  doubled: {
    jobs: new Map(ids.map((jobId) => [jobId, { jobId, holders: ['life-1'], at: NOON }])),
    missing: new Map(),
  },
});
const numbered = (count: number) => Array.from({ length: count }, (_, n) => `job-${n + 1}`);

describe('what is said of jobs that run twice', () => {
  const why = 'its worker does not renew the lock in time';
  const fix =
    'Let lockRenewTime be half of lockDuration, and lockDuration longer than any pause of the worker.';

  it('names the first of them while none has failed', () => {
    expect(judged(doubledJobs('job-1', 'job-2'))).toEqual({
      code: 'jobs.doubled',
      message: `Job job-1 of queue execution runs more than once at a time, or is about to: ${why}. ${fix}`,
      details: { doubledJobs: ['job-1', 'job-2'], failed: 0 },
    });
  });

  it.each([
    { stalledOut: ['job-2'], many: '1 job', named: 'job-2', failed: 1 },
    { stalledOut: ['job-3', 'job-2'], many: '2 jobs', named: 'job-2', failed: 2 },
    { stalledOut: ['job-3', 'another'], many: '1 job', named: 'job-3', failed: 1 },
  ])(
    'names the first that has failed, of those failed: $stalledOut',
    ({ stalledOut, many, named, failed }) => {
      expect(judged({ ...doubledJobs(...numbered(3)), slow: slow({ stalledOut }) })).toEqual({
        code: 'jobs.doubled_failed',
        message: `${many} of queue execution, such as ${named}, ran more than once and failed as stalled, though workers ran on: ${why}. ${fix}`,
        details: { doubledJobs: numbered(3), failed },
      });
    },
  );

  it('takes no job as doubled that merely failed as stalled', () => {
    expect(judged({ slow: slow({ stalledOut: ['job-1'] }) })).toEqual(FINISHING);
  });

  it.each([
    { jobs: 10, listed: 10 },
    { jobs: 11, listed: 10 },
  ])('lists $listed of $jobs, and counts all that failed', ({ jobs, listed }) => {
    const all = numbered(jobs);
    expect(judged({ ...doubledJobs(...all), slow: slow({ stalledOut: all }) }).details).toEqual({
      doubledJobs: numbered(listed),
      failed: jobs,
    });
  });
});

/** How the last jobs of a worker ended, the row at the end too: below zero are failures, above are successes. */
interface Ends {
  readonly finished: number;
  readonly failed: number;
  readonly row: number;
  readonly ageMs?: number;
}

const ended = (...each: Ends[]): Pick<QueueEvidence, 'workers'> => ({
  workers: each.map(({ finished, failed, row, ageMs = 0 }, n) =>
    known(
      heartbeat(NOON - ageMs, {
        id: `worker-${n + 1}`,
        incarnation: `life-${n + 1}`,
        recentFinished: finished,
        recentFailed: failed,
        failuresInARow: Math.max(0, -row),
        successesInARow: Math.max(0, row),
      }),
    ),
  ),
});

describe('jobs that fail', () => {
  const allFailed = (finished: number, ageMs = 0) => ({ finished, failed: finished, row: -finished, ageMs });
  const idle = { finished: 0, failed: 0, row: 0 };

  it('are told of with their numbers, when every recent one has failed', () => {
    expect(judged(ended(allFailed(6)))).toEqual({
      code: 'jobs.failing',
      message:
        'Every recent job of queue execution has failed (6 of the last 6). See the errors of its failed jobs.',
      details: { recentFinished: 6, recentFailed: 6 },
    });
  });

  it('are told of as the latest, when jobs before them have not', () => {
    expect(judged(ended({ finished: 20, failed: 5, row: -5 })).message).toBe(
      'The latest jobs of every worker of queue execution have failed (5 of the last 20). See the errors of its failed jobs.',
    );
  });

  it('are told of with their numbers, when many have failed', () => {
    expect(judged(ended({ finished: 7, failed: 6, row: 1 }, { finished: 4, failed: 1, row: 2 }))).toEqual({
      code: 'jobs.some_failing',
      message: '7 of the last 11 jobs of queue execution have failed. See the errors of its failed jobs.',
      details: { recentFinished: 11, recentFailed: 7 },
    });
  });

  it.each<[string, string, Ends[]]>([
    ['four jobs are too few', 'jobs.finishing', [allFailed(4)]],
    ['five are enough', 'jobs.failing', [allFailed(5)]],
    ['five are enough of two workers', 'jobs.failing', [allFailed(3), allFailed(2)]],
    ['four are too few of two workers', 'jobs.finishing', [allFailed(2), allFailed(2)]],
    ['one that has finished nothing says nothing', 'jobs.failing', [allFailed(5), idle]],
    [
      'five failures in a row outweigh successes before',
      'jobs.failing',
      [{ finished: 20, failed: 5, row: -5 }],
    ],
    ['four in a row do not', 'jobs.finishing', [{ finished: 20, failed: 5, row: -4 }]],
    ['four in a row do not, of many', 'jobs.some_failing', [{ finished: 20, failed: 12, row: -4 }]],
    [
      'a worker that can shows that jobs can',
      'jobs.some_failing',
      [allFailed(9), { finished: 1, failed: 0, row: 1 }],
    ],
  ])('are all, or are not: %s', (_, code, ends) => {
    expect(judged(ended(...ends)).code).toBe(code);
  });

  it.each<[string, string, Ends[]]>([
    ['half', 'jobs.some_failing', [{ finished: 12, failed: 6, row: 1 }]],
    ['less than half', 'jobs.finishing', [{ finished: 13, failed: 6, row: 1 }]],
    ['two successes since', 'jobs.some_failing', [{ finished: 9, failed: 6, row: 2 }]],
    ['three successes since', 'jobs.finishing', [{ finished: 9, failed: 6, row: 3 }]],
    ['four successes since', 'jobs.finishing', [{ finished: 9, failed: 5, row: 4 }]],
    [
      'three successes of one worker only',
      'jobs.some_failing',
      [
        { finished: 9, failed: 6, row: 3 },
        { finished: 9, failed: 6, row: 2 },
      ],
    ],
    [
      'three successes of all workers',
      'jobs.finishing',
      [
        { finished: 9, failed: 6, row: 3 },
        { finished: 9, failed: 6, row: 3 },
      ],
    ],
    [
      'three successes of all that finished any',
      'jobs.finishing',
      [{ finished: 9, failed: 6, row: 3 }, idle],
    ],
  ])('are many, or are not: %s', (_, code, ends) => {
    expect(judged(ended(...ends)).code).toBe(code);
  });

  it.each([
    { ageMs: 30_000, details: { recentFinished: 9, recentFailed: 9 } },
    { ageMs: 30_001, details: { recentFinished: 5, recentFailed: 5 } },
  ])('count until the heartbeat is too old: $ageMs ms', ({ ageMs, details }) => {
    expect(judged(ended(allFailed(5), allFailed(4, ageMs)))).toMatchObject({ code: 'jobs.failing', details });
  });
});

describe('a parent whose child is gone', () => {
  const message =
    'Job p1 of queue execution waits for a child job that has failed or is gone. Retry the child, or remove the parent.';

  it.each([
    { sample: false, message },
    { sample: true, message: `${message} Not all parents and children were looked at: this is a sample.` },
  ])('is named, and so is whether it is of a sample: $sample', (expected) => {
    const orphanedParents = { ids: ['p1', 'p2'], sample: expected.sample };
    expect(judged({ slow: slow({ orphanedParents }) })).toEqual({
      code: 'jobs.parent_waiting',
      message: expected.message,
      details: { parents: ['p1', 'p2'], sample: expected.sample },
    });
  });

  it('is none when a sample has none', () => {
    expect(judged({ slow: slow({ orphanedParents: { ids: [], sample: true } }) })).toEqual(FINISHING);
  });
});

describe('a job scheduler', () => {
  const due = (...each: (readonly [string, number])[]) =>
    judged({ slow: slow({ deadSchedulers: each.map(([id, ageMs]) => ({ id, dueAt: NOON - ageMs })) }) });

  it.each([
    { ageMs: -1000, code: 'jobs.finishing' },
    { ageMs: 60_000, code: 'jobs.finishing' },
    { ageMs: 60_001, code: 'queue.scheduler_dead' },
  ])('that was due $ageMs ms ago without a job: $code', ({ ageMs, code }) => {
    expect(due(['nightly', ageMs]).code).toBe(code);
  });

  it('that is dead is named with how late it is, and one that may still run is not', () => {
    expect(due(['hourly', 1000], ['nightly', 61_000], ['weekly', 99_000])).toEqual({
      code: 'queue.scheduler_dead',
      message:
        'The job scheduler nightly of queue execution runs no more: its next run was due 61 s ago and has no job. Upsert it again.',
      details: { deadSchedulers: ['nightly', 'weekly'] },
    });
  });

  it.each([
    { dead: 10, listed: 10 },
    { dead: 11, listed: 10 },
  ])('is one of the $listed listed, when $dead are dead', ({ dead, listed }) => {
    const all = numbered(dead).map((id) => [id, 61_000] as const);
    expect(due(...all).details).toEqual({ deadSchedulers: numbered(listed) });
  });
});

describe('of several things that are wrong', () => {
  const deaths = ['life-7', 'life-8', 'life-9'].map((incarnation) => ({
    incarnation,
    token: '',
    at: NOON - 1000,
    jobs: ['job-7'],
  }));
  const failing = ended({ finished: 5, failed: 5, row: -5 });
  const deadSchedulers = [{ id: 'nightly', dueAt: NOON - 61_000 }];
  const orphanedParents = { ids: ['p1'], sample: false };
  const both = slow({ deadSchedulers, orphanedParents });

  it.each<[string, Partial<QueueEvidence>]>([
    ['jobs.poison', { deaths, ...doubledJobs('job-1'), ...failing, slow: both }],
    ['jobs.doubled', { ...doubledJobs('job-1'), ...failing, slow: both }],
    ['jobs.failing', { ...failing, slow: both }],
    ['jobs.parent_waiting', { slow: both }],
    ['queue.scheduler_dead', { slow: slow({ deadSchedulers }) }],
  ])('the worst is told: %s', (code, parts) => {
    expect(judged(parts).code).toBe(code);
  });
});

describe('before the queue has been read', () => {
  it.each<[string, Partial<QueueEvidence>]>([
    ['jobs.finishing', {}],
    ['jobs.doubled', doubledJobs('job-1')],
    ['jobs.failing', ended({ finished: 5, failed: 5, row: -5 })],
  ])('jobs are judged by what workers tell: %s', (code, parts) => {
    expect(judged({ ...parts, slow: null }).code).toBe(code);
  });

  it('nothing is wrong when nothing is known', () => {
    expect(judged({ slow: null })).toEqual(FINISHING);
  });
});

describe('the oldest job that waits', () => {
  const waiting = (now: number, ids: readonly string[], head: string, sample = false) =>
    reading(now, {
      heartbeats: [heartbeat(now)],
      slow: slow({ counts: { waiting: 50 }, heads: [head], waiting: { ids, sample } }),
    });

  it('is the oldest of all, though the one next in line is new each time', () => {
    const watched = seen(
      waiting(NOON, ['old', 'new-1'], 'new-1'),
      waiting(NOON + 30_000, ['old', 'new-2'], 'new-2'),
      waiting(NOON + 61_000, ['old', 'new-3'], 'new-3', true),
    );
    expect(oldestAge(watched.evidence)).toBe(61_000);
    expect(verdictOf(watched)).toMatchObject({
      code: 'queue.backlog',
      message: expect.stringContaining('of a sample'),
    });
  });

  it('is forgotten when it waits no more', () => {
    const watched = seen(
      waiting(NOON, ['old', 'new-1'], 'new-1'),
      waiting(NOON + 61_000, ['new-2'], 'new-2'),
    );
    expect(oldestAge(watched.evidence)).toBe(0);
  });
});

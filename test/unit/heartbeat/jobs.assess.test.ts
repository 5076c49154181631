import { describe, expect, it } from '@jest/globals';
import { oldestAge } from '../../../src/modules/heartbeat/assess/depth.js';
import { assessJobs } from '../../../src/modules/heartbeat/assess/jobs.assess.js';
import type { Watch } from '../../../src/modules/heartbeat/assess/watch.state.js';
import { heartbeat, LIMITS, NOON, reading, seen, slow, verdictOf } from './given.js';

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

describe('a parent whose child is gone', () => {
  const told = (sample: boolean) =>
    assessJobs(
      seen(reading(NOON, { slow: slow({ orphanedParents: { ids: ['p1', 'p2'], sample } }) })).evidence,
      LIMITS,
    );

  it('is named, and so is that not all were looked at', () => {
    expect(told(false)).toMatchObject({ code: 'jobs.parent_waiting', details: { parents: ['p1', 'p2'] } });
    expect(told(false).message).toMatch(/^Job p1 of queue execution waits for a child job/);
    expect(told(false).message).not.toContain('sample');
    expect(told(true).message).toContain('Not all parents and children were looked at: this is a sample.');
  });
});

describe('a job scheduler', () => {
  const due = (ageMs: number) =>
    seen(reading(NOON, { slow: slow({ deadSchedulers: [{ id: 'nightly', dueAt: NOON - ageMs }] }) }));

  it('is dead when its next run is past for longer than a job may wait, and has no job', () => {
    expect(codeOf(due(59_000))).toBe('jobs.finishing');
    expect(codeOf(due(61_000))).toBe('queue.scheduler_dead');
    expect(assessJobs(due(61_000).evidence, LIMITS).message).toContain('nightly');
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

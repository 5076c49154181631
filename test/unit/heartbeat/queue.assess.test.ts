import { describe, expect, it } from '@jest/globals';
import type { Lease } from '../../../src/modules/heartbeat/assess/leases.assess.js';
import type { QueueCase } from '../../../src/modules/heartbeat/assess/queue-case.js';
import { assessQueue } from '../../../src/modules/heartbeat/assess/queue.assess.js';
import { assessed, evidence, heartbeat, NOON, queueCase, reading, seen, slow, verdictOf } from './given.js';

const waiting = slow({ counts: { waiting: 3 }, heads: ['7'] });
const later = NOON + 40_000;

describe('a queue that is consumed', () => {
  it('is drained when nothing waits', () => {
    const verdict = verdictOf(seen(reading(NOON, { heartbeats: [heartbeat(NOON)] })));
    expect(verdict).toMatchObject({
      code: 'worker.healthy',
      message: 'Execution worker heartbeat is healthy and queue is drained.',
    });
  });

  it('gives its depth and never calls itself drained while jobs wait', () => {
    const { code, message } = verdictOf(
      seen(reading(NOON, { heartbeats: [heartbeat(NOON)], slow: waiting })),
    );
    expect(code).toBe('worker.healthy');
    expect(message).toContain('3 jobs waiting');
    expect(message).not.toContain('drained.');
  });

  it.each([
    ['every slot is taken', { heartbeats: [heartbeat(NOON, { activeCount: 4 })], slow: waiting }],
    [
      'the rate limit is reached',
      { heartbeats: [heartbeat(NOON)], slow: { ...waiting, rateLimitLeftMs: 20_000 } },
    ],
    [
      'the concurrency limit of the queue is reached',
      {
        heartbeats: [heartbeat(NOON)],
        slow: { ...waiting, concurrencyLimit: 2, counts: { ...waiting.counts, active: 2 } },
      },
    ],
  ])('works at its limit when %s', (_, parts) => {
    expect(verdictOf(seen(reading(NOON, parts))).code).toBe('worker.at_limit');
  });

  it('warns when the job that is next in line waits too long', () => {
    const busy = (at: number) =>
      reading(at, { heartbeats: [heartbeat(at, { activeCount: 4 })], slow: waiting });
    expect(verdictOf(seen(busy(NOON), busy(NOON + 61_000))).code).toBe('queue.backlog');
    expect(verdictOf(seen(busy(NOON), busy(NOON + 59_000))).code).toBe('worker.at_limit');
  });

  it('warns of a long backlog only while it grows', () => {
    const deep = (at: number, depth: number) =>
      reading(at, {
        heartbeats: [heartbeat(at)],
        slow: slow({ counts: { waiting: depth }, heads: [`head-${at}`] }),
      });
    const minute = NOON + 60_000;
    expect(verdictOf(seen(deep(NOON, 2000), deep(minute, 2500))).code).toBe('queue.backlog');
    expect(verdictOf(seen(deep(NOON, 2500), deep(minute, 2000))).code).toBe('worker.healthy');
  });

  it('warns when somebody paused it', () => {
    const paused = slow({ counts: { paused: true, waiting: 1 }, heads: ['1'] });
    const verdict = verdictOf(
      seen(
        reading(NOON, { heartbeats: [heartbeat(NOON)], slow: paused }),
        reading(later, { heartbeats: [heartbeat(later, { idleWhileWaitingMs: 35_000 })], slow: paused }),
      ),
    );
    expect(verdict.code).toBe('queue.paused');
  });
});

describe('a queue that nobody consumes', () => {
  it('says so in the words of the contract when no worker ever reported', () => {
    expect(verdictOf(seen(reading(NOON)))).toMatchObject({
      code: 'worker.not_started',
      message: 'Execution worker has not been started. Queue processing is offline.',
    });
  });

  it('has lost its worker when its channel is empty and no goodbye was said', () => {
    const before = reading(NOON, { heartbeats: [heartbeat(NOON)] });
    const after = reading(NOON + 1000, { heartbeats: [heartbeat(NOON)], absent: new Set(['life-1']) });
    expect(verdictOf(seen(before, after)).code).toBe('worker.lost');
  });

  it('does not take an empty channel for a death right after Redis came back', () => {
    const empty = (at: number) => reading(at, { heartbeats: [heartbeat(NOON)], absent: new Set(['life-1']) });
    const back = seen(reading(NOON, { heartbeats: [heartbeat(NOON)] }), [empty(NOON + 1000), 'reconnected']);
    expect(verdictOf(back).code).toBe('worker.healthy');
    const long = seen([empty(NOON + 1000), 'reconnected'], empty(NOON + 6500));
    expect(verdictOf(long).code).toBe('worker.lost');
  });

  it('knows a goodbye from a death', () => {
    const stopped = reading(NOON, { heartbeats: [heartbeat(NOON, { state: 'stopped' })] });
    expect(verdictOf(seen(stopped)).code).toBe('worker.stopped');
  });

  it('calls a worker silent when its heartbeat is too old and its connection open', () => {
    const old = heartbeat(NOON - 30_001);
    expect(verdictOf(seen(reading(NOON, { heartbeats: [old] }))).code).toBe('worker.silent');
    const young = heartbeat(NOON - 29_000);
    expect(verdictOf(seen(reading(NOON, { heartbeats: [young] }))).code).toBe('worker.late');
  });

  it('has a wedged worker when jobs wait, slots are free and nothing is picked up', () => {
    const wedged = seen(
      reading(NOON, { heartbeats: [heartbeat(NOON)], slow: waiting }),
      reading(later, { heartbeats: [heartbeat(later, { idleWhileWaitingMs: 31_000 })], slow: waiting }),
    );
    expect(verdictOf(wedged).code).toBe('worker.wedged');
  });

  it('calls nobody wedged within a minute of the return of Redis', () => {
    const idle = (at: number) =>
      reading(at, { heartbeats: [heartbeat(at, { idleWhileWaitingMs: 45_000 })], slow: waiting });
    expect(verdictOf(seen([idle(NOON), 'reconnected'], idle(NOON + 59_000))).code).toBe('worker.healthy');
    expect(verdictOf(seen([idle(NOON), 'reconnected'], idle(NOON + 60_001))).code).toBe('worker.wedged');
  });

  it('does not call an idle worker wedged', () => {
    const idle = reading(NOON, { heartbeats: [heartbeat(NOON, { idleWhileWaitingMs: 90_000 })] });
    expect(verdictOf(seen(idle)).code).toBe('worker.healthy');
  });

  it('says that its worker is paused, which no restart mends', () => {
    const paused = reading(NOON, { heartbeats: [heartbeat(NOON, { state: 'paused' })], slow: waiting });
    expect(verdictOf(seen(paused)).code).toBe('worker.paused');
  });

  it('names the processes that use another queue before anything else', () => {
    const conflicts = ['The api uses a:6379/0.', 'The worker uses b:6379/0.'];
    expect(verdictOf(seen(reading(NOON)), { conflicts, canaryLostForMs: 5000 })).toEqual({
      code: 'worker.different_queue',
      message: `${conflicts[0]} ${conflicts[1]} Give them the same Redis and the same QUEUE_PREFIX.`,
      details: { conflicts },
    });
  });

  it('remembers its last worker for ever', () => {
    const gone = (at: number) =>
      reading(at, { heartbeats: at === NOON ? [heartbeat(at)] : [], absent: new Set(['life-1']) });
    const verdict = verdictOf(seen(gone(NOON), gone(NOON + 5 * 3_600_000)));
    expect(verdict.code).toBe('worker.lost');
  });
});

describe('a queue with several workers', () => {
  const other = (at: number, parts = {}) =>
    heartbeat(at, { id: 'worker-2', incarnation: 'life-2', ...parts });
  const lostOne = (at: number) =>
    reading(at, { heartbeats: [heartbeat(NOON), other(at)], absent: new Set(['life-1']) });

  it('warns of a lost one while another works, and forgets it after ten minutes', () => {
    expect(verdictOf(seen(lostOne(NOON + 1000))).code).toBe('worker.some_lost');
    expect(verdictOf(seen(lostOne(NOON + 1000), lostOne(NOON + 600_001))).code).toBe('worker.healthy');
  });

  it('forgets a lost one as soon as its id returns', () => {
    const at = NOON + 20_000;
    const returned = heartbeat(at, { incarnation: 'life-3', upForMs: 10, sequence: 0 });
    const after = seen(lostOne(NOON + 1000), reading(at, { heartbeats: [returned, other(at)] }));
    expect(verdictOf(after).code).toBe('worker.healthy');
  });

  it('lets a worker whose id nobody chose be replaced by the next one on its host', () => {
    const unnamed = { named: false, host: 'h1' };
    const dead = heartbeat(NOON, { ...unnamed, id: 'h1-41' });
    const next = other(NOON + 3000, { ...unnamed, id: 'h1-42', upForMs: 1000 });
    const elder = other(NOON + 3000, { ...unnamed, id: 'h1-40', upForMs: 90_000 });
    const absent = new Set(['life-1']);
    const at = NOON + 3000;
    expect(verdictOf(seen(reading(at, { heartbeats: [dead, next], absent }))).code).toBe('worker.healthy');
    expect(verdictOf(seen(reading(at, { heartbeats: [dead, elder], absent }))).code).toBe('worker.some_lost');
  });

  it('warns of a silent one and of a wedged one while another works', () => {
    const silent = reading(NOON, { heartbeats: [heartbeat(NOON - 31_000), other(NOON)] });
    expect(verdictOf(seen(silent)).code).toBe('worker.some_silent');
    const idle = heartbeat(NOON, { idleWhileWaitingMs: 31_000 });
    const wedged = reading(NOON, { heartbeats: [idle, other(NOON)], slow: waiting });
    expect(verdictOf(seen(wedged)).code).toBe('worker.some_wedged');
  });

  it('finds two lives of one id', () => {
    const first = heartbeat(NOON, { upForMs: 50_000 });
    const second = heartbeat(NOON + 1000, { incarnation: 'life-9', upForMs: 10_000, sequence: 1 });
    const firstAgain = heartbeat(NOON + 5000, { upForMs: 55_000 });
    const after = seen(
      reading(NOON, { heartbeats: [first] }),
      reading(NOON + 1000, { heartbeats: [second] }),
      reading(NOON + 5000, { heartbeats: [firstAgain] }),
    );
    expect(verdictOf(after).code).toBe('worker.duplicate_id');
  });
});

describe('jobs that are held', () => {
  const holding = (at: number, parts = {}) =>
    heartbeat(at, {
      activeCount: 1,
      active: [{ id: '9', startedAgeMs: 1000, progressAgeMs: null, attempt: 1, stuckAfterMs: null }],
      ...parts,
    });
  const active = slow({ activeIds: ['9'], counts: { active: 1 } });

  it('are stuck when they make no progress, and a restart helps once', () => {
    const stuck = (attempt: number, progressAgeMs: number | null, stuckAfterMs: number | null = null) =>
      reading(NOON, {
        heartbeats: [
          holding(NOON, {
            active: [{ id: '9', startedAgeMs: 900_001, progressAgeMs, attempt, stuckAfterMs }],
          }),
        ],
        slow: active,
      });
    expect(verdictOf(seen(stuck(1, null))).code).toBe('worker.job_stuck');
    expect(verdictOf(seen(stuck(2, null))).code).toBe('worker.job_stuck_again');
    expect(verdictOf(seen(stuck(1, 5000))).code).toBe('worker.healthy');
    // It is meant to run for hours, or for seconds.
    expect(verdictOf(seen(stuck(1, null, 7_200_000))).code).toBe('worker.healthy');
    expect(verdictOf(seen(stuck(1, 5000, 4000))).code).toBe('worker.job_stuck');
  });

  it('are held by a late worker, which is no proof of a blocked loop before a lock runs out', () => {
    const late = reading(NOON + 12_000, { heartbeats: [holding(NOON)], slow: active });
    expect(verdictOf(seen(late))).toMatchObject({ code: 'worker.late_with_jobs' });
    const lock = { jobId: '9', token: null, leftMs: 5000 };
    const runsOut = { ...late, slow: { ...active, locks: [lock] } };
    expect(verdictOf(seen(runsOut)).code).toBe('worker.loop_blocked');
  });

  it('block the loop of their worker when their lock runs out, though no heartbeat told of them', () => {
    const lock = { jobId: '9', token: 'bull-1:4', leftMs: 2000 };
    const late = reading(NOON + 8000, {
      heartbeats: [heartbeat(NOON, { token: 'bull-1', lockDurationMs: 10_000 })],
      slow: { ...active, locks: [lock] },
    });
    expect(verdictOf(seen(late)).code).toBe('worker.loop_blocked');
    const renewed = { ...late, slow: { ...active, locks: [{ ...lock, leftMs: 9000 }] } };
    expect(verdictOf(seen(renewed)).code).toBe('worker.healthy');
  });

  it('are stale when their holder is silent: a warning while another works, listed in any case', () => {
    const other = heartbeat(NOON, { id: 'worker-2', incarnation: 'life-2' });
    const stale = reading(NOON, { heartbeats: [holding(NOON - 31_000), other], slow: active });
    const verdict = verdictOf(seen(stale));
    expect(verdict.code).toBe('worker.some_silent');
    expect(verdict.details).toMatchObject({ staleLeases: [{ jobId: '9', workerId: 'worker-1' }] });
    const alone = verdictOf(seen(reading(NOON, { heartbeats: [holding(NOON - 31_000)], slow: active })));
    expect(alone.code).toBe('worker.silent');
    expect(alone.details).toHaveProperty('staleLeases');
  });

  it('are stale when nobody holds them and their lock is gone', () => {
    const orphan = (at: number) =>
      reading(at, {
        heartbeats: [heartbeat(at)],
        slow: { ...active, locks: [{ jobId: '9', token: 'dead:1', leftMs: 0 }] },
      });
    expect(verdictOf(seen(orphan(NOON), orphan(NOON + 31_000))).code).toBe('worker.stale_leases');
  });
});

describe('workers that were never instrumented', () => {
  const connected = (at: number, parts: Parameters<typeof slow>[0] = {}) =>
    reading(at, { slow: slow({ connectedWorkers: 1, ...parts }) });

  it('show by their connections', () => {
    expect(verdictOf(seen(connected(NOON)))).toMatchObject({
      code: 'worker.observed',
      details: { workersWithoutHeartbeats: 1, connectedWorkers: 1, by: ['connections'] },
    });
  });

  it("show by BullMQ's own sign of life when it is renewed, not when it merely lingers", () => {
    const left = (at: number, ms: number) => reading(at, { slow: slow({ stalledCheckLeftMs: ms }) });
    expect(verdictOf(seen(left(NOON, 20_000), left(NOON + 1000, 19_000))).code).toBe('worker.not_started');
    expect(verdictOf(seen(left(NOON, 1000), left(NOON + 1000, 30_000))).code).toBe('worker.observed');
  });

  it('are wedged when a job waits and none is active', () => {
    const idle = (at: number) => connected(at, { counts: { waiting: 1 }, heads: ['7'] });
    expect(verdictOf(seen(idle(NOON), idle(later))).code).toBe('worker.wedged');
  });

  it('are lost when their connections have gone', () => {
    const gone = (afterMs: number) => connected(NOON + afterMs, { connectedWorkers: 0 });
    const after = seen(connected(NOON), gone(2000), gone(4000));
    expect(verdictOf(after).code).toBe('worker.observed');
    expect(verdictOf(seen(connected(NOON), gone(2000), gone(4000), gone(6000))).code).toBe('worker.lost');
  });

  it('are warned of as others are', () => {
    const paused = { counts: { paused: true, waiting: 1 }, heads: ['1'] };
    expect(verdictOf(seen(connected(NOON, paused))).code).toBe('queue.paused');
    const busy = (at: number) =>
      connected(at, { heads: ['7'], activeIds: ['9'], counts: { waiting: 3, active: 1 } });
    expect(verdictOf(seen(busy(NOON), busy(NOON + 61_000))).code).toBe('queue.backlog');
    const lock = { jobId: '9', token: 'gone', leftMs: 0 };
    const stale = (at: number) => connected(at, { activeIds: ['9'], counts: { active: 1 }, locks: [lock] });
    expect(verdictOf(seen(stale(NOON), stale(NOON + 31_000))).code).toBe('worker.stale_leases');
  });
});

const worker = (id: string, beat: Parameters<typeof heartbeat>[1] = {}, parts = {}) =>
  assessed(parts, heartbeat(NOON, { id, incarnation: id, ...beat }));
const of = (
  workers: QueueCase['workers'],
  now: Parameters<typeof slow>[0] | null = {},
  parts: Partial<QueueCase> = {},
) => assessQueue(queueCase({ workers, evidence: evidence({ slow: now && slow(now) }), ...parts }));

const paused = worker('b', {}, { state: 'paused' });

describe('a job without progress', () => {
  const first = { progressAgeMs: null, attempt: 1 };
  const job = (id: string, startedAgeMs: number, own = {}) => ({ id, startedAgeMs, ...first, ...own });
  const holds = (id: string, concurrency: number, ...active: ReturnType<typeof job>[]) =>
    worker(id, { concurrency, active, activeCount: active.length });

  it.each([
    [900_000, {}, 'worker.healthy'],
    [900_001, {}, 'worker.job_stuck'],
    [5000, { stuckAfterMs: 5000 }, 'worker.healthy'],
    [5001, { stuckAfterMs: 5000 }, 'worker.job_stuck'],
  ])('for %i ms, when its own limit is %j, is %s', (ageMs, own, code) => {
    expect(of([holds('a', 1, job('9', ageMs, own))]).code).toBe(code);
  });

  it('is told with its worker and the slots left, the oldest of all first', () => {
    const workers = [
      holds('a', 3, job('young', 900_500.4), job('brisk', 1000)),
      holds('b', 2, job('oldest', 1_000_000), job('old', 950_000, { attempt: 2 })),
      // More jobs than slots, for a moment: no slot of another is used up by that.
      holds('c', 1, job('brisk too', 1000), job('brisk three', 1000)),
      worker('d', { concurrency: 5 }),
    ];
    const row = (jobId: string, workerId: string, ageMs: number, attempt = 1) => ({
      ...{ jobId, workerId, ageMs, attempt },
    });
    expect(of(workers)).toEqual({
      code: 'worker.job_stuck',
      message: 'Job oldest on b has made no progress for 1000 s; 6 free slots left.',
      details: {
        stuckJobs: [row('oldest', 'b', 1_000_000), row('old', 'b', 950_000, 2), row('young', 'a', 900_500)],
        freeSlots: 6,
      },
    });
  });

  it('is told with its attempt when it is not the first', () => {
    const again = of([holds('a', 2, job('9', 901_000, { attempt: 3 }))]);
    expect(again).toMatchObject({
      code: 'worker.job_stuck_again',
      message: 'Job 9 on a has made no progress for 901 s, in its attempt 3; 1 free slot left.',
    });
  });

  it('is one of ten that are listed at most', () => {
    const jobs = Array.from({ length: 11 }, (_, at) => job(`${at}`, 2_000_000 - at));
    const ids = jobs.slice(0, 10).map(({ id }) => ({ jobId: id }));
    expect(of([holds('a', 20, ...jobs)]).details).toMatchObject({ stuckJobs: ids, freeSlots: 9 });
  });

  it.each(['paused', 'stopping', 'silent', 'lost'] as const)(
    'is none of those that a %s worker holds, and its slots are not free',
    (state) => {
      const stuck = [job('9', 901_000)];
      const other = (active: typeof stuck) => worker('b', { active, concurrency: 9 }, { state });
      expect(of([worker('a'), other(stuck)]).code).not.toContain('job_stuck');
      expect(of([holds('a', 1, ...stuck), other([])]).details).toMatchObject({ freeSlots: 0 });
    },
  );
});

describe('a delayed job that is due', () => {
  const clock = (id: string, skewMs: number, parts = {}) =>
    worker(id, { skewMs }, { clockOffMs: skewMs, ...parts });
  const due = (ageMs: number) => ({ overdueSince: NOON - ageMs });
  const behind = clock('a', -70_000);
  const pausedBehind = clock('b', -70_000, { state: 'paused' });

  it('waits for the clocks of all workers, the worst of which is named', () => {
    const worst = assessed({ clockOffMs: -90_000 }, heartbeat(NOON, { id: 'b', host: 'h', skewMs: -90_000 }));
    expect(of([behind, worst], due(8000))).toEqual({
      code: 'worker.clock_skewed_late',
      message:
        'The clock of host h (worker b) is 90 s behind that of Redis: a delayed job is due since 8.0 s and waits for that clock. Set it; a restart changes nothing.',
      details: {
        overdueDelayedMs: 8000,
        skewedClocks: [
          { workerId: 'b', host: 'h', skewMs: -90_000 },
          { workerId: 'a', host: null, skewMs: -70_000 },
        ],
      },
    });
  });

  it.each([
    [4999, 60_000, 'worker.clock_skewed'],
    [5000, 60_000, 'worker.clock_skewed_late'],
    [2999, 3000, 'worker.clock_skewed'],
    [3000, 3000, 'worker.clock_skewed_late'],
  ])('since %i ms, when it may wait %i ms, is %s', (ageMs, maxWaitMs, code) => {
    expect(of([behind], due(ageMs), { limits: { ...queueCase().limits, maxWaitMs } }).code).toBe(code);
  });

  it.each([
    ['that nothing is due', [behind], {}, 'worker.clock_skewed'],
    ['that nobody has looked yet', [behind], null, 'worker.clock_skewed'],
    ['that one clock is right', [behind, worker('b')], due(8000), 'worker.healthy'],
    ['that one clock is ahead', [behind, clock('b', 70_000)], due(8000), 'worker.clock_skewed'],
    ['that the right clock takes no jobs', [behind, paused], due(8000), 'worker.clock_skewed_late'],
    ['that the wrong clock takes no jobs', [worker('a'), pausedBehind], due(8000), 'worker.healthy'],
  ])('waits for a clock or not, given %s', (_, workers, now, code) => {
    expect(of(workers, now).code).toBe(code);
  });
});

describe('a canary that does not come back', () => {
  const lost = { canaryLostForMs: 61_000.4 };

  it.each([{}, null])('is a failure of its own, when a look at the queue gave %j', (now) => {
    expect(of([worker('a')], now, lost)).toEqual({
      code: 'worker.canary_lost',
      message: 'A test job sent through the queue has not come back for 61 s, though slots were free.',
      details: { canaryOverdueMs: 61_000 },
    });
  });

  it('proves nothing while two workers of one id overwrite what each other tells', () => {
    const one = worker('a');
    const two = { ...one, worker: { ...one.worker, doubleAt: NOON } };
    expect(of([two, worker('b')], {}, lost).code).toBe('worker.duplicate_id');
  });

  it('proves nothing while the queue is paused', () => {
    expect(of([worker('a')], { counts: { paused: true } }, lost).code).toBe('queue.paused');
  });
});

describe('a queue in order', () => {
  const full = worker('a', { concurrency: 2, activeCount: 2 });
  const counts = { waiting: 2, prioritized: 1, active: 2 };
  const rate = { rateLimitLeftMs: 20_000 };

  const message = 'Execution worker heartbeat is healthy and queue is drained.';

  it.each([
    ['nothing waits', { counts: { active: 2, delayed: 4 } }],
    ['nobody has looked yet', null],
  ])('is drained when %s, and has no details', (_, now) => {
    expect(of([full], now)).toEqual({ code: 'worker.healthy', message, details: {} });
  });

  it('is being drained while one slot is free', () => {
    expect(of([full, worker('b', { concurrency: 2, activeCount: 1 })], { counts })).toEqual({
      code: 'worker.healthy',
      message: 'Execution worker heartbeat is healthy and queue is being drained: 3 jobs waiting, 2 active.',
      details: {},
    });
  });

  it.each([
    ['no slot is free', {}, 'its concurrency', {}],
    ['its rate is used up', rate, 'its rate limit (the next job may start in 20 s)', { limitLeftMs: 20_000 }],
    ['its own concurrency is used up', { concurrencyLimit: 2 }, 'the concurrency limit of the queue (2)', {}],
  ])('names its limit when %s', (_, now, limit, more) => {
    expect(of([full], { counts, ...now })).toEqual({
      code: 'worker.at_limit',
      message: `Execution worker is healthy and works at its limit, ${limit}: 3 jobs waiting, 2 active.`,
      details: { limit, ...more },
    });
  });

  it('does not count the slots of a paused worker as free', () => {
    expect(of([full, paused], { counts }).code).toBe('worker.at_limit');
  });
});

describe('beside any verdict', () => {
  it.each([
    [2000, {}],
    [2001, { overdueDelayedMs: 2001 }],
  ])('a delayed job that is due since %i ms adds %j', (ageMs, details) => {
    expect(of([worker('a')], { overdueSince: NOON - ageMs }).details).toEqual(details);
  });

  it.each([
    [-5000, 'running', false],
    [5000, 'running', false],
    [5001, 'running', true],
    [-5001, 'running', true],
    [-5001, 'paused', true],
    [9000, 'stopped', false],
  ] as const)('a clock that is off by %i ms, of a %s worker: is it listed? %s', (skewMs, state, listed) => {
    const { details } = of([worker('a'), worker('b', { skewMs, host: 'h' }, { state })]);
    expect(details).toEqual(listed ? { skewedClocks: [{ workerId: 'b', host: 'h', skewMs }] } : {});
  });

  it.each([
    [null, {}],
    [1, {}],
    [2, {}],
    [3, { workersWithoutHeartbeats: 1 }],
  ])('%s connected workers, two of which beat, add %j', (connectedWorkers, details) => {
    const workers = [worker('a'), paused, worker('c', {}, { state: 'stopped' })];
    expect(of(workers, { connectedWorkers }).details).toEqual(details);
  });

  it('stale leases are listed with their holders, twenty at most', () => {
    const lease = (jobId: string, parts: Partial<Lease> = {}): Lease => ({
      ...{ jobId, holder: null, lockedAt: null, lastSignAt: null, lockLeftMs: null },
      ...{ ageMs: 31_000.4, stale: true, ...parts },
    });
    const holder = worker('b', {}, { state: 'stopped' });
    const orphans = Array.from({ length: 20 }, (_, at) => lease(`orphan-${at}`));
    const leases = [lease('fresh', { stale: false }), lease('held', { holder }), ...orphans];
    const row = (jobId: string, workerId: string) => ({ jobId, workerId, ageMs: 31_000 });
    expect(of([worker('a')], {}, { leases }).details).toEqual({
      staleLeases: [row('held', 'b'), ...orphans.slice(0, 19).map(({ jobId }) => row(jobId, 'unknown'))],
    });
  });
});

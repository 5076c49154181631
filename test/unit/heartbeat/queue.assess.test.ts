import { describe, expect, it } from '@jest/globals';
import { heartbeat, NOON, reading, seen, slow, verdictOf } from './given.js';

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
    const verdict = verdictOf(seen(reading(NOON)), {
      conflicts: ['The api uses a:6379/0, the worker b:6379/0.'],
    });
    expect(verdict.code).toBe('worker.different_queue');
    expect(verdict.message).toContain('a:6379/0');
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
  it('show by their connections', () => {
    const verdict = verdictOf(seen(reading(NOON, { slow: slow({ connectedWorkers: 1 }) })));
    expect(verdict.code).toBe('worker.uninstrumented');
  });

  it("show by BullMQ's own sign of life when it is renewed, not when it merely lingers", () => {
    const left = (at: number, ms: number) => reading(at, { slow: slow({ stalledCheckLeftMs: ms }) });
    expect(verdictOf(seen(left(NOON, 20_000), left(NOON + 1000, 19_000))).code).toBe('worker.not_started');
    expect(verdictOf(seen(left(NOON, 1000), left(NOON + 1000, 30_000))).code).toBe('worker.uninstrumented');
  });

  it('are wedged when a job waits and none is active', () => {
    const idle = (at: number) => reading(at, { slow: { ...waiting, connectedWorkers: 1 } });
    expect(verdictOf(seen(idle(NOON), idle(later))).code).toBe('worker.wedged');
  });
});

it('a canary that does not come back is a failure of its own', () => {
  const fine = seen(reading(NOON, { heartbeats: [heartbeat(NOON)] }));
  expect(verdictOf(fine, { canaryLostForMs: 61_000 }).code).toBe('worker.canary_lost');
});

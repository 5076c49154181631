import { describe, expect, it } from '@jest/globals';
import { warningOf } from '../../../src/modules/heartbeat/assess/warnings.assess.js';
import type { QueueEvidence } from '../../../src/modules/heartbeat/assess/evidence.js';
import type { Lease } from '../../../src/modules/heartbeat/assess/leases.assess.js';
import type { WorkerAssessment } from '../../../src/modules/heartbeat/assess/workers.assess.js';
import { assessed, evidence, heartbeat, NOON, queueCase, slow } from './given.js';

const worker = (id: string, parts: Parameters<typeof assessed>[0] = {}, beat = {}) =>
  assessed(parts, heartbeat(NOON, { id, ...beat }));
const fine = worker('fine');
const warning = (
  workers: readonly WorkerAssessment[],
  parts: Partial<QueueEvidence> = {},
  leases: readonly Lease[] = [],
) => warningOf(queueCase({ workers, evidence: evidence(parts), leases }));
const lease = (parts: Partial<Lease> = {}): Lease => ({
  jobId: '9',
  holder: null,
  lockedAt: null,
  lastSignAt: null,
  ageMs: 0,
  stale: false,
  lockLeftMs: null,
  ...parts,
});

it('nothing is said of workers and a queue that are in order', () => {
  expect(warning([fine])).toBeNull();
  expect(warning([fine], { slow: null }, [lease()])).toBeNull();
});

it('a pause of the queue is told, with what waits', () => {
  const counts = { paused: true, waiting: 2, prioritized: 1 };
  expect(warning([fine], { slow: slow({ counts }) })).toEqual({
    code: 'queue.paused',
    message: 'Queue execution is paused, with 3 jobs waiting. Resume it when it may go on.',
    details: {},
  });
});

describe('an event loop that a job keeps busy', () => {
  const beat = { intervalMs: 5000, lockDurationMs: 30_000 };
  const blocked = (
    ageMs: number,
    lockLeftMs: number | null,
    parts: Parameters<typeof assessed>[0] = {},
    id = 'a',
  ) => {
    const holder = worker(id, { ageMs, ...parts }, beat);
    return { holder, lease: lease({ holder, lockLeftMs }) };
  };
  const codeOf = ({ holder, lease: own }: ReturnType<typeof blocked>) =>
    warning([fine, holder], {}, [lease({ lockLeftMs: 20_000 }), own])?.code;

  it('is told by a lock that is not renewed, of all whose locks are not', () => {
    const [first, second] = [blocked(6001, 11_999), blocked(9000, 0, { state: 'stopping' }, 'b')];
    expect(warning([fine, first.holder, second.holder], {}, [first.lease, second.lease])).toEqual({
      code: 'worker.loop_blocked',
      message:
        'A job keeps the event loop of a busy: no heartbeat for 6.0 s, the lock of its job is not renewed, and the job will run twice. Do not restart it.',
      details: { blockedWorkers: ['a', 'b'] },
    });
  });

  it.each<[string, ReturnType<typeof blocked>]>([
    ['four tenths of the time of the lock are left', blocked(6001, 12_000)],
    ['nobody looked at the lock', blocked(6001, null)],
    ['its heartbeat is 1.2 intervals old', blocked(6000, 11_999)],
    ['the lock is that of another', { ...blocked(6001, 11_999), lease: lease({ lockLeftMs: 0 }) }],
  ])('is none when %s', (_, each) => {
    expect(codeOf(each)).toBeUndefined();
  });

  it('is none of a worker that is not alive', () => {
    expect(codeOf(blocked(6001, 11_999, { state: 'silent' }))).toBe('worker.some_silent');
  });

  it('is told by one of its locks', () => {
    const { holder, lease: own } = blocked(6001, 11_999);
    const renewed = lease({ holder, lockLeftMs: 25_000 });
    expect(warning([fine, holder], {}, [renewed, own])?.code).toBe('worker.loop_blocked');
  });
});

describe('workers that are late, or whose clocks are wrong', () => {
  it('are late when none is on time', () => {
    const late = worker('a', { late: true });
    expect(warning([late])?.code).toBe('worker.late');
    expect(warning([late, worker('b', { state: 'paused' })])?.code).toBe('worker.late');
    expect(warning([late, fine])).toBeNull();
  });

  it('are wrong when no clock of one that takes jobs is right', () => {
    const off = worker('a', { clockOffMs: 61_000 });
    expect(warning([off])?.code).toBe('worker.clock_skewed');
    expect(warning([off, worker('b', { state: 'paused' })])?.code).toBe('worker.clock_skewed');
    expect(warning([off, fine])).toBeNull();
  });
});

describe('some worker beside others that go on', () => {
  it('is wedged', () => {
    const wedged = [worker('a', { wedgedForMs: 31_000 }), worker('b', { wedgedForMs: 40_000 })];
    expect(warning([fine, ...wedged])).toEqual({
      code: 'worker.some_wedged',
      message: 'Worker a has picked up nothing for 31 s while jobs wait and it has free slots; others go on.',
      details: { wedgedWorkers: ['a', 'b'] },
    });
    expect(warning([fine, worker('a', { wedgedForMs: 1 })])?.code).toBe('worker.some_wedged');
  });

  it('is silent', () => {
    const silent = ['a', 'b'].map((id, n) => worker(id, { state: 'silent', ageMs: 31_000 + n * 5000 }));
    expect(warning([fine, ...silent])).toEqual({
      code: 'worker.some_silent',
      message: 'Worker a has sent no heartbeat for 31 s; others go on.',
      details: { silentWorkers: ['a', 'b'] },
    });
  });

  it('is lost', () => {
    const lost = ['a', 'b'].map((id, n) => worker(id, { state: 'lost', ageMs: 7000 + n * 5000 }));
    expect(warning([fine, ...lost])).toEqual({
      code: 'worker.some_lost',
      message: 'Worker a is lost: no goodbye, last heartbeat 7.0 s ago; others go on.',
      details: { lostWorkers: ['a', 'b'] },
    });
  });

  it('has its id twice', () => {
    expect(warning([fine, worker('a', { doubleAt: 0 })])).toEqual({
      code: 'worker.duplicate_id',
      message: 'Two workers call themselves a. Give each a WORKER_ID of its own.',
      details: { workerId: 'a' },
    });
  });
});

it('jobs that are held without a sign of life are told, with one of them', () => {
  const stale = [lease(), lease({ jobId: '7', stale: true }), lease({ jobId: '8', stale: true })];
  expect(warning([fine], {}, stale)).toEqual({
    code: 'worker.stale_leases',
    message: '2 jobs held without a sign of life, such as 7. BullMQ hands stalled jobs to another worker.',
    details: {},
  });
});

it('what comes first is told first', () => {
  const off = { clockOffMs: 61_000 };
  const blocked = worker('blocked', { late: true, ageMs: 9000, ...off });
  const locks = [lease({ holder: blocked, lockLeftMs: 0 }), lease({ stale: true })];
  const some = [
    worker('wedged', { wedgedForMs: 31_000, doubleAt: NOON }),
    worker('silent', { state: 'silent', doubleAt: NOON }),
    worker('lost', { state: 'lost', doubleAt: NOON }),
    worker('double', { doubleAt: NOON }),
  ];
  const old = { headSince: NOON - 61_000 };
  const paused = slow({ counts: { paused: true } });
  const late = worker('late', { late: true, ...off });
  const skewed = worker('skewed', off);
  const told = [
    warning([blocked, ...some.slice(0, 3)], { ...old, slow: paused }, locks),
    warning([blocked, ...some.slice(0, 3)], old, locks),
    warning([late, ...some.slice(0, 3)], old, locks),
    warning([skewed, ...some.slice(0, 3)], old, locks),
    warning([fine, ...some], old, locks),
    warning([fine, ...some.slice(1)], old, locks),
    warning([fine, ...some.slice(2)], old, locks),
    warning([fine, ...some.slice(3)], old, locks),
    warning([fine], old, locks),
    warning([fine], old),
  ];
  expect(told.map((each) => each?.code)).toEqual([
    'queue.paused',
    'worker.loop_blocked',
    'worker.late',
    'worker.clock_skewed',
    'worker.some_wedged',
    'worker.some_silent',
    'worker.some_lost',
    'worker.duplicate_id',
    'worker.stale_leases',
    'queue.backlog',
  ]);
});

describe('jobs that wait for too long', () => {
  const waiting = (
    forMs: number,
    parts: Parameters<typeof slow>[0] = {},
    rest: Partial<QueueEvidence> = {},
  ) => warning([fine], { slow: slow(parts), headSince: NOON - forMs, ...rest });
  const counts = { waiting: 2, prioritized: 1 };

  it('are told with their number and the age of the oldest', () => {
    expect(waiting(60_000, { counts })).toBeNull();
    expect(waiting(60_001, { counts })).toEqual({
      code: 'queue.backlog',
      message:
        'The oldest job has waited for 60 s, longer than QUEUE_MAX_WAIT_MS; 3 jobs waiting. Add workers or concurrency.',
      details: { headAgeMs: 60_001 },
    });
  });

  it('may be known by a sample, or by one that is not next in line', () => {
    const sample = { waiting: { ids: ['7'], sample: true } };
    const seen = { headSince: null, waitingSeen: new Map([['7', NOON - 61_000]]) };
    expect(waiting(0, sample, seen)).toMatchObject({
      message: expect.stringMatching(/^The oldest job of a sample has waited for 61 s/),
      details: { headAgeMs: null },
    });
  });

  it('are held back by a limit that is reached, which more workers do not change', () => {
    expect(waiting(61_000, { counts, rateLimitLeftMs: 20_000 })).toEqual({
      code: 'queue.limited',
      message:
        '3 jobs waiting, the oldest for 61 s, held back by its rate limit (the next job may start in 20 s). More workers change nothing: raise the limit, or wait.',
      details: {
        limit: 'its rate limit (the next job may start in 20 s)',
        limitLeftMs: 20_000,
        headAgeMs: 61_000,
      },
    });
    expect(waiting(60_000, { counts, rateLimitLeftMs: 20_000 })).toBeNull();
    const concurrency = { counts: { ...counts, active: 2 }, concurrencyLimit: 2 };
    expect(waiting(61_000, concurrency)?.details).toEqual({
      limit: 'the concurrency limit of the queue (2)',
      limitLeftMs: null,
      headAgeMs: 61_000,
    });
  });
});

describe('a long queue', () => {
  const long = (depth: number, waitingBefore: number | null, parts: Parameters<typeof slow>[0] = {}) =>
    warning([fine], { slow: slow({ counts: { waiting: depth }, ...parts }), waitingBefore });

  it('is told while it grows', () => {
    expect(long(1001, 1000)).toEqual({
      code: 'queue.backlog',
      message:
        '1001 jobs wait, more than QUEUE_BACKLOG_WARN, and their number grows. Add workers or concurrency.',
      details: { waitingAMinuteAgo: 1000 },
    });
    expect(long(1001, 1001)).toBeNull();
    expect(long(1000, 1)).toBeNull();
  });

  it('is told, without a guess, before it has been watched for a minute', () => {
    expect(long(1001, null)).toEqual({
      code: 'queue.backlog',
      message:
        '1001 jobs wait, more than QUEUE_BACKLOG_WARN, and whether it is getting more will be known in a minute. Add workers or concurrency.',
      details: { waitingAMinuteAgo: null },
    });
    expect(long(1000, null)).toBeNull();
  });

  it('is held back by a limit that is reached, though nothing has waited for long', () => {
    expect(long(1001, 1000, { rateLimitLeftMs: 5000 })).toEqual({
      code: 'queue.limited',
      message:
        '1001 jobs waiting, held back by its rate limit (the next job may start in 5.0 s). More workers change nothing: raise the limit, or wait.',
      details: {
        limit: 'its rate limit (the next job may start in 5.0 s)',
        limitLeftMs: 5000,
        headAgeMs: null,
      },
    });
    expect(long(1001, 1001, { rateLimitLeftMs: 5000 })).toBeNull();
  });
});

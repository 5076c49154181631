import { describe, expect, it } from '@jest/globals';
import { offline } from '../../../src/modules/heartbeat/assess/offline.assess.js';
import type { QueueEvidence } from '../../../src/modules/heartbeat/assess/evidence.js';
import { NO_TRACES } from '../../../src/modules/heartbeat/assess/traces.state.js';
import type { WorkerAssessment } from '../../../src/modules/heartbeat/assess/workers.assess.js';
import { assessed, evidence, heartbeat, LIMITS, NOON, queueCase, slow } from './given.js';

const worker = (id: string, parts: Parameters<typeof assessed>[0] = {}, beat = {}) =>
  assessed(parts, heartbeat(NOON, { id, ...beat }));
const why = (workers: readonly WorkerAssessment[], parts: Partial<QueueEvidence> = {}) =>
  offline(queueCase({ workers, evidence: evidence(parts) }));

/** Workers without heartbeats that are connected. */
const seen = (connectedWorkers: number): Partial<QueueEvidence> => ({
  slow: slow({ connectedWorkers }),
  traces: { ...NO_TRACES, connectedAt: connectedWorkers > 0 ? NOON : null },
});

describe('a queue of which nobody takes jobs', () => {
  it('is none while one worker does', () => {
    expect(why([worker('a', { state: 'lost' }), worker('b')])).toBeNull();
  });

  it('has a wedged worker, with the jobs, the slots and the time', () => {
    const wedged = worker('a', { wedgedForMs: 31_000.6 }, { concurrency: 4, activeCount: 1 });
    const counts = { waiting: 2, prioritized: 1 };
    expect(why([worker('b', { state: 'paused' }), wedged], { slow: slow({ counts }) })).toEqual({
      code: 'worker.wedged',
      message:
        'Execution worker a is alive and takes no jobs: 3 jobs waiting, 3 of 4 slots free, nothing picked up for 31 s.',
      details: { wedgedWorkers: ['a'], wedgedForMs: 31_001 },
    });
    expect(why([worker('a', { wedgedForMs: 1 })], { slow: null })?.message).toContain('0 jobs waiting');
  });

  it('has only paused ones, all of which are named', () => {
    const paused = ['a', 'b'].map((id) => worker(id, { state: 'paused' }));
    expect(why([worker('c', { state: 'lost' }), ...paused])).toEqual({
      code: 'worker.paused',
      message: 'Every execution worker is paused (a, b). Resume it to go on.',
      details: { pausedWorkers: ['a', 'b'] },
    });
  });

  it('has one that was never told to run', () => {
    const idle = ['a', 'b'].map((id) => worker(id, { state: 'not_running' }));
    expect(why([worker('c', { state: 'lost' }), ...idle])).toEqual({
      code: 'worker.not_running',
      message:
        'Execution worker a is alive and was never told to run: it was made with autorun: false, and nobody has called run().',
      details: { notRunningWorkers: ['a', 'b'] },
    });
  });

  it('has a silent one, whose connection is open or cannot be watched', () => {
    const silent = (watched: boolean) => [
      worker('c', { state: 'lost' }),
      worker('a', { state: 'silent', ageMs: 31_000.6 }, { watched }),
      worker('b', { state: 'silent' }),
    ];
    expect(why(silent(true))).toEqual({
      code: 'worker.silent',
      message:
        'Execution worker a has sent no heartbeat for 31 s, and its connection is open: it is frozen, or cut off from Redis.',
      details: { silentWorkers: ['a', 'b'], lastHeartbeatAgeMs: 31_001 },
    });
    expect(why(silent(false))?.message).toContain('31 s, and its connection cannot be watched: it is frozen');
  });

  it('has lost its workers', () => {
    const lost = [worker('a', { state: 'lost', ageMs: 7000.6 }), worker('b', { state: 'lost' })];
    expect(why([worker('c', { state: 'stopped' }), ...lost])).toEqual({
      code: 'worker.lost',
      message:
        'Execution worker a is lost: its connection is gone without a goodbye, its last heartbeat was 7.0 s ago. Queue processing is offline.',
      details: { lostWorkers: ['a', 'b'], lastHeartbeatAgeMs: 7001 },
    });
  });

  it('has workers that stop or have stopped, those that are still there first', () => {
    const stopped = worker('a', { state: 'stopped', ageMs: 7000 });
    const stopping = worker('b', { state: 'stopping' });
    expect(why([stopped, stopping])).toEqual({
      code: 'worker.stopped',
      message: 'Execution worker b is stopping and no other has started. Queue processing is offline.',
      details: { stoppedWorkers: ['b', 'a'] },
    });
    expect(why([stopped])).toEqual({
      code: 'worker.stopped',
      message: 'Execution worker a stopped 7.0 s ago and no other has started. Queue processing is offline.',
      details: { stoppedWorkers: ['a'] },
    });
  });

  it('gives the reason of the worker that is most alive', () => {
    const order = [
      worker('a', { wedgedForMs: 31_000 }),
      ...(['paused', 'not_running', 'silent', 'lost', 'stopping', 'stopped'] as const).map((state) =>
        worker(state, { state }),
      ),
    ];
    const codes = order.map((_, n) => why(order.slice(n).reverse())?.code);
    expect(codes).toEqual([
      'worker.wedged',
      'worker.paused',
      'worker.not_running',
      'worker.silent',
      'worker.lost',
      'worker.stopped',
      'worker.stopped',
    ]);
  });
});

describe('a queue without any heartbeat', () => {
  it("is judged by BullMQ's own traces", () => {
    expect(why([])?.code).toBe('worker.not_started');
    expect(why([], seen(1))).toBeNull();
    expect(why([], { ...seen(1), headSince: NOON - 30_000 })?.code).toBe('worker.wedged');
  });

  it('is so only as long as none ever came', () => {
    expect(why([worker('a', { state: 'stopped' })], seen(1))?.code).toBe('worker.stopped');
  });
});

describe('a queue that may have no worker', () => {
  const limits = { ...LIMITS, workersMin: 0 };
  const zero = (
    workers: readonly WorkerAssessment[],
    parts: Partial<QueueEvidence> = {},
    rest: Partial<ReturnType<typeof queueCase>> = {},
  ) => offline(queueCase({ limits, workers, evidence: evidence(parts), ...rest }));
  const stopped = worker('a', { state: 'stopped' });
  const stale = {
    jobId: '9',
    holder: null,
    lockedAt: null,
    lastSignAt: null,
    ageMs: 0,
    stale: true,
    lockLeftMs: null,
  };

  it('is scaled to zero when nothing waits', () => {
    expect(zero([])).toEqual({
      code: 'worker.scaled_to_zero',
      message: 'No worker runs, and none has to (WORKERS_MIN is 0): nothing waits.',
      details: { workersMin: 0 },
    });
    expect(zero([], { slow: null })?.code).toBe('worker.scaled_to_zero');
  });

  it('is so while what waits has not waited for too long', () => {
    const counts = { waiting: 1, prioritized: 1 };
    const waiting = (forMs: number) => zero([], { slow: slow({ counts }), headSince: NOON - forMs });
    expect(waiting(60_000)).toMatchObject({
      code: 'worker.scaled_to_zero',
      message: 'No worker runs, and none has to (WORKERS_MIN is 0): 2 jobs waiting, the oldest for 60 s.',
    });
    expect(waiting(60_001)?.code).toBe('worker.not_started');
    expect(zero([], { slow: slow({ counts }) })?.message).toContain('2 jobs waiting, the oldest for 0.0 s.');
  });

  it('is so when those that were there said goodbye, or were lost ten minutes ago', () => {
    const lost = (ageMs: number) => [stopped, worker('b', { state: 'lost', ageMs })];
    expect(zero([stopped, worker('b', { state: 'stopping' })])?.code).toBe('worker.scaled_to_zero');
    expect(zero(lost(600_001))?.code).toBe('worker.scaled_to_zero');
    expect(zero(lost(600_000))?.code).toBe('worker.lost');
    expect(zero([stopped, worker('b', { state: 'silent', ageMs: 700_000 })])?.code).toBe('worker.silent');
    expect(zero([stopped, worker('b', { state: 'paused' })])?.code).toBe('worker.paused');
  });

  it('is not so while a worker without heartbeats is connected', () => {
    const connected = (connectedWorkers: number, workers: readonly WorkerAssessment[]) =>
      zero(workers, seen(connectedWorkers))?.code;
    expect(zero([], seen(1))).toBeNull();
    expect(connected(0, [])).toBe('worker.scaled_to_zero');
    expect(connected(1, [worker('a', { state: 'stopping' })])).toBe('worker.scaled_to_zero');
    expect(connected(2, [worker('a', { state: 'stopping' })])).toBe('worker.stopped');
    expect(connected(1, [stopped])).toBe('worker.stopped');
  });

  it('is not so while other traces tell of such a worker, and is when it has gone', () => {
    const moved = { traces: { ...NO_TRACES, movedAt: NOON - 1000 } };
    expect(zero([], moved)).toBeNull();
    expect(zero([stopped], moved)?.code).toBe('worker.scaled_to_zero');
    const gone = { ...NO_TRACES, connectedAt: NOON - 2000, absentSince: NOON };
    expect(zero([], { slow: slow({ connectedWorkers: 0 }), traces: gone })?.code).toBe(
      'worker.scaled_to_zero',
    );
  });

  it('is not so while a job is held without a sign of life', () => {
    expect(zero([stopped], {}, { leases: [{ ...stale, stale: false }, stale] })?.code).toBe('worker.stopped');
    expect(zero([stopped], {}, { leases: [{ ...stale, stale: false }] })?.code).toBe('worker.scaled_to_zero');
  });

  it('is nothing that is assumed where one worker has to be', () => {
    expect(zero([stopped], {}, { limits: LIMITS })?.code).toBe('worker.stopped');
  });

  it('is none while a worker takes jobs', () => {
    expect(zero([worker('a')])).toBeNull();
  });
});

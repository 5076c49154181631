import { describe, expect, it } from '@jest/globals';
import { assessEachWorker, lateVerdict } from '../../../src/modules/heartbeat/assess/each-worker.assess.js';
import { assessWorkers } from '../../../src/modules/heartbeat/assess/workers.assess.js';
import type { Watch } from '../../../src/modules/heartbeat/assess/watch.state.js';
import { assessed, evidence, heartbeat, LIMITS, NOON, reading, seen, slow, verdictOf } from './given.js';

const HOUR = 3_600_000;
const other = (at: number, parts = {}) => heartbeat(at, { id: 'worker-2', incarnation: 'life-2', ...parts });
const each = ({ evidence }: Watch, limits = LIMITS) =>
  assessEachWorker(assessWorkers(evidence, limits), evidence, limits);

describe('a worker whose heartbeat is overdue', () => {
  const late = (parts = {}) => heartbeat(NOON - 4500, { intervalMs: 2000, ...parts });

  it('is late, and a warning when no other one is on time', () => {
    const alone = seen(reading(NOON, { heartbeats: [late()] }));
    expect(verdictOf(alone).code).toBe('worker.late');
    expect(verdictOf(alone).message).toContain('busy, frozen or cut off');
    const beside = seen(reading(NOON, { heartbeats: [late(), other(NOON)] }));
    expect(verdictOf(beside).code).toBe('worker.healthy');
    expect(each(beside).code).toBe('worker.late');
  });

  it('is not late before one interval and more is missing', () => {
    const due = seen(reading(NOON, { heartbeats: [heartbeat(NOON - 3900, { intervalMs: 2000 })] }));
    expect(verdictOf(due).code).toBe('worker.healthy');
    expect(each(due).code).toBe('workers.in_order');
  });

  it('must not be restarted while it runs jobs', () => {
    const busy = seen(reading(NOON, { heartbeats: [late({ activeCount: 1 })] }));
    expect(verdictOf(busy).code).toBe('worker.late_with_jobs');
  });

  it('is not late when Redis was away, and could not be told', () => {
    const back = seen([reading(NOON, { heartbeats: [late()] }), 'reconnected']);
    expect(verdictOf(back).code).toBe('worker.healthy');
  });
});

describe('a worker whose clock is wrong', () => {
  const off = (skewMs: number) => heartbeat(NOON, { skewMs, host: 'h1' });

  it.each([HOUR, -HOUR])(
    'by %d ms is a warning with its host, beside none whose clock is right',
    (skewMs) => {
      const alone = seen(reading(NOON, { heartbeats: [off(skewMs)] }));
      expect(verdictOf(alone).code).toBe('worker.clock_skewed');
      expect(verdictOf(alone).message).toContain('host h1');
      const beside = seen(reading(NOON, { heartbeats: [off(skewMs), other(NOON)] }));
      expect(verdictOf(beside).code).toBe('worker.healthy');
      expect(each(beside)).toMatchObject({ code: 'worker.clock_skewed' });
    },
  );

  it('by no more than a job may wait is none', () => {
    expect(each(seen(reading(NOON, { heartbeats: [off(-LIMITS.maxWaitMs)] }))).code).toBe('workers.in_order');
  });

  it('and behind is a failure once a delayed job is late by it, unless another one takes it', () => {
    const overdue = slow({ counts: { delayed: 1 }, overdueSince: NOON - 6000 });
    const late = (...heartbeats: ReturnType<typeof heartbeat>[]) =>
      verdictOf(seen(reading(NOON, { heartbeats, slow: overdue }))).code;
    expect(late(off(-HOUR))).toBe('worker.clock_skewed_late');
    expect(late(off(HOUR))).toBe('worker.clock_skewed');
    expect(late(off(-HOUR), other(NOON))).toBe('worker.healthy');
  });
});

describe('a worker that was never told to run', () => {
  const idle = (upForMs: number) => heartbeat(NOON, { everRan: false, upForMs });

  it('fails the queue, soon after its start, and is a warning beside another', () => {
    expect(verdictOf(seen(reading(NOON, { heartbeats: [idle(3900)] }))).code).toBe('worker.healthy');
    const alone = seen(reading(NOON, { heartbeats: [idle(4000)] }));
    expect(verdictOf(alone)).toMatchObject({ code: 'worker.not_running' });
    const beside = seen(reading(NOON, { heartbeats: [idle(4000), other(NOON)] }));
    expect(verdictOf(beside).code).toBe('worker.healthy');
    expect(each(beside).code).toBe('worker.some_not_running');
  });
});

describe('single workers, whoever makes up for them', () => {
  const worker = (id: string, parts: Parameters<typeof assessed>[0] = {}, beat = {}) =>
    assessed(parts, heartbeat(NOON, { id, ...beat }));
  const read = { ids: 0, unreadable: [] };
  const told = (
    workers: readonly ReturnType<typeof assessed>[],
    {
      unread = read,
      workersMin = 1,
    }: { unread?: Parameters<typeof assessEachWorker>[1]['unread']; workersMin?: number } = {},
  ) => assessEachWorker(workers, evidence({ unread }), { workersMin });

  it('are in order when nothing is odd', () => {
    expect(told([worker('a')])).toEqual({
      code: 'workers.in_order',
      message: 'Every worker beats in time and its clock is right.',
      details: {},
    });
    expect(told([], { workersMin: 0 }).code).toBe('workers.in_order');
  });

  it('are told most severe first', () => {
    const odd = [
      worker('a', { clockOffMs: 61_000 }),
      worker('b', { state: 'not_running' }),
      worker('c', { late: true }),
      worker('d'),
    ];
    const more = { workersMin: 9, unread: { ids: 1, unreadable: [] } };
    expect([0, 1, 2, 3].map((n) => told(odd.slice(n), more).code)).toEqual([
      'worker.clock_skewed',
      'worker.some_not_running',
      'worker.late',
      'workers.too_few',
    ]);
    expect(told([worker('d')], { ...more, workersMin: 1 }).code).toBe('workers.unreadable');
  });

  it('are late: the longest without a heartbeat is named', () => {
    const late = [
      worker('a', { late: true, ageMs: 11_000 }, { host: 'h1' }),
      worker('b', { late: true, ageMs: 12_000.6 }, { host: 'h1', timeoutMs: 45_000 }),
      worker('c'),
    ];
    expect(told(late)).toEqual({
      code: 'worker.late',
      message:
        'Worker b on h1 has sent no heartbeat for 12 s, and one was due: it is busy, frozen or cut off from Redis. Its own /livez tells busy from frozen, the locks of its jobs tell whether they go on; after 45 s it counts as silent.',
      details: {
        lateWorkers: [
          { workerId: 'b', ageMs: 12_001, active: 0 },
          { workerId: 'a', ageMs: 11_000, active: 0 },
        ],
      },
    });
  });

  it('are late with jobs: one that has any is named before those that have none', () => {
    const late = [
      worker('a', { late: true, ageMs: 13_000 }),
      worker('b', { late: true, ageMs: 11_000 }, { activeCount: 1 }),
      worker('c', { late: true, ageMs: 12_000 }, { activeCount: 3 }),
      worker('d', {}, { activeCount: 4 }),
    ];
    const verdict = lateVerdict(late);
    expect(verdict).toMatchObject({
      code: 'worker.late_with_jobs',
      details: {
        lateWorkers: [
          { workerId: 'a', active: 0 },
          { workerId: 'c', active: 3 },
          { workerId: 'b', active: 1 },
        ],
      },
    });
    expect(verdict?.message).toMatch(/^Worker c has sent no heartbeat for 12 s, and one was due/);
    expect(verdict?.message).toMatch(
      /after 30 s it counts as silent\. Do not restart it: its jobs would run twice\.$/,
    );
    expect(lateVerdict([worker('d')])).toBeNull();
  });

  it('have clocks that are wrong: the worst of those that are alive is named', () => {
    const off = (id: string, clockOffMs: number, host: string | null = null, parts = {}) =>
      worker(id, { clockOffMs, ...parts }, { host, skewMs: clockOffMs });
    const clocks = [
      off('a', 61_000, 'h1'),
      off('gone', 900_000, 'h1', { state: 'lost' }),
      off('b', -72_000),
      off('c', 0),
    ];
    expect(told(clocks)).toEqual({
      code: 'worker.clock_skewed',
      message:
        'The clock of worker b is 72 s behind that of Redis: delayed jobs run late by as much. Set the clock of that host; a restart changes nothing.',
      details: {
        skewedClocks: [
          { workerId: 'b', host: null, skewMs: -72_000 },
          { workerId: 'a', host: 'h1', skewMs: 61_000 },
        ],
      },
    });
    expect(told(clocks.slice(0, 1)).message).toBe(
      'The clock of host h1 (worker a) is 61 s ahead of that of Redis: delayed jobs run early by as much. Set the clock of that host; a restart changes nothing.',
    );
  });

  it('were never told to run, which is told here when another one takes jobs', () => {
    const idle = ['a', 'b'].map((id) => worker(id, { state: 'not_running' }));
    expect(told([...idle, worker('c')])).toEqual({
      code: 'worker.some_not_running',
      message: 'Worker a was made with autorun: false, and nobody has called run(); others go on.',
      details: { notRunningWorkers: ['a', 'b'] },
    });
    expect(told([...idle, worker('c', { state: 'paused' })]).code).toBe('workers.in_order');
  });

  it('are fewer than WORKERS_MIN, of those that take jobs', () => {
    const two = [worker('a'), worker('b'), worker('c', { wedgedForMs: 31_000 })];
    expect(told(two, { workersMin: 2 }).code).toBe('workers.in_order');
    expect(told(two, { workersMin: 3 })).toEqual({
      code: 'workers.too_few',
      message: '2 workers of queue execution take jobs, and WORKERS_MIN is 3.',
      details: { healthy: 2, workersMin: 3 },
    });
    expect(told([worker('a')], { workersMin: 2 }).message).toBe(
      '1 worker of queue execution takes jobs, and WORKERS_MIN is 2.',
    );
    expect(told([], { workersMin: 1 }).code).toBe('workers.in_order');
  });

  it('are counted by their connections where none sends heartbeats', () => {
    const bare = (connectedWorkers: number | null, workers: ReturnType<typeof assessed>[] = []) =>
      assessEachWorker(workers, evidence({ slow: slow({ connectedWorkers }) }), { workersMin: 3 });
    expect(bare(3).code).toBe('workers.in_order');
    expect(bare(2)).toMatchObject({ code: 'workers.too_few', details: { healthy: 2 } });
    expect(bare(null).code).toBe('workers.in_order');
    expect(assessEachWorker([], evidence({ slow: null }), { workersMin: 3 }).code).toBe('workers.in_order');
    expect(bare(3, [worker('a')])).toMatchObject({ details: { healthy: 1 } });
  });

  it('are not all that writes there', () => {
    const unreadable = Array.from({ length: 11 }, (_, n) => `x${n}`);
    const both = told([worker('a')], { unread: { ids: 9500, unreadable } });
    expect(both).toEqual({
      code: 'workers.unreadable',
      message:
        '9500 more ids are listed as workers than are looked at; 11 heartbeats cannot be read, such as that of x0: too long, malformed, or of a time to come. Somebody else writes there.',
      details: { idsNotRead: 9500, unreadable: unreadable.slice(0, 10) },
    });
    const messageOf = (unread: { ids: number; unreadable: string[] }) =>
      told([worker('a')], { unread }).message;
    expect(messageOf({ ids: 9500, unreadable: [] })).toBe(
      '9500 more ids are listed as workers than are looked at. Somebody else writes there.',
    );
    expect(messageOf({ ids: 0, unreadable: ['x'] })).toBe(
      '1 heartbeat cannot be read, such as that of x: too long, malformed, or of a time to come. Somebody else writes there.',
    );
  });
});

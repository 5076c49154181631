import { describe, expect, it } from '@jest/globals';
import { assessEachWorker } from '../../../src/modules/heartbeat/assess/each-worker.assess.js';
import { assessWorkers } from '../../../src/modules/heartbeat/assess/workers.assess.js';
import type { Watch } from '../../../src/modules/heartbeat/assess/watch.state.js';
import { heartbeat, LIMITS, NOON, reading, seen, slow, verdictOf } from './given.js';

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

describe('a queue that may have no worker', () => {
  const limits = { ...LIMITS, workersMin: 0 };
  const stopped = (at: number, parts = {}) =>
    reading(at, { heartbeats: [heartbeat(NOON, { state: 'stopped' })], ...parts });
  const waiting = { slow: slow({ counts: { waiting: 1 }, heads: ['7'] }) };

  it('is scaled to zero while nothing waits for too long', () => {
    expect(verdictOf(seen(stopped(NOON)), { limits }).code).toBe('worker.scaled_to_zero');
    expect(verdictOf(seen(reading(NOON)), { limits }).code).toBe('worker.scaled_to_zero');
    expect(verdictOf(seen(stopped(NOON, waiting)), { limits }).code).toBe('worker.scaled_to_zero');
    const late = seen(stopped(NOON, waiting), stopped(NOON + 61_000, waiting));
    expect(verdictOf(late, { limits }).code).toBe('worker.stopped');
  });

  it('has still lost a worker that died, for as long as one is remembered', () => {
    const gone = (at: number) =>
      reading(at, { heartbeats: at === NOON ? [heartbeat(at)] : [], absent: new Set(['life-1']) });
    expect(verdictOf(seen(gone(NOON), gone(NOON + 1000)), { limits }).code).toBe('worker.lost');
    expect(verdictOf(seen(gone(NOON), gone(NOON + 700_000)), { limits }).code).toBe('worker.scaled_to_zero');
  });

  it('is nothing that is assumed', () => {
    expect(verdictOf(seen(stopped(NOON))).code).toBe('worker.stopped');
  });
});

it('fewer workers than WORKERS_MIN are a warning', () => {
  const two = seen(reading(NOON, { heartbeats: [heartbeat(NOON), other(NOON)] }));
  expect(each(two, { ...LIMITS, workersMin: 2 }).code).toBe('workers.in_order');
  expect(each(two, { ...LIMITS, workersMin: 3 }).code).toBe('workers.too_few');
});

it('what is not read, for it is too much or no heartbeat, is told', () => {
  const unread = { ids: 9500, unreadable: ['x'] };
  const { code, message } = each(seen(reading(NOON, { heartbeats: [heartbeat(NOON)], unread })));
  expect(code).toBe('workers.unreadable');
  expect(message).toContain('9500 more ids');
});

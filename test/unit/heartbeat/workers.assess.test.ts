import { describe, expect, it } from '@jest/globals';
import {
  assessWorkers,
  isAlive,
  isHealthy,
  isTimely,
} from '../../../src/modules/heartbeat/assess/workers.assess.js';
import type { KnownWorker, QueueEvidence } from '../../../src/modules/heartbeat/assess/evidence.js';
import type { WorkerRow } from '../../../src/modules/health/index.js';
import { assessed, evidence, heartbeat, known, LIMITS, NOON, slow } from './given.js';

const all = (workers: readonly KnownWorker[], parts: Partial<QueueEvidence> = {}) =>
  assessWorkers(evidence({ workers, ...parts }), LIMITS);
const of = (worker: KnownWorker, parts: Partial<QueueEvidence> = {}) => all([worker], parts)[0];
const beat = (ageMs: number, parts: Parameters<typeof heartbeat>[1] = {}) =>
  known(heartbeat(NOON - ageMs, parts));

describe('the state of a worker', () => {
  const gone = { goneSince: NOON - 1 };
  const idle = { everRan: false };

  it.each<[WorkerRow['state'], string, KnownWorker]>([
    ['running', 'it says so', beat(0)],
    ['running', 'its heartbeat is as old as its timeout', beat(30_000)],
    ['silent', 'its heartbeat is older', beat(30_001)],
    ['silent', 'it is older, and told of a pause', beat(30_001, { state: 'paused' })],
    ['paused', 'it says so', beat(0, { state: 'paused' })],
    ['stopping', 'it says so', beat(0, { state: 'stopping' })],
    ['stopped', 'it said goodbye', beat(0, { state: 'stopped' })],
    ['stopped', 'it said goodbye long ago', beat(90_000, { state: 'stopped' })],
    [
      'stopped',
      'it said goodbye and its connection is gone',
      known(heartbeat(NOON, { state: 'stopped' }), gone),
    ],
    [
      'stopped',
      'it was stopping and its connection is gone',
      known(heartbeat(NOON, { state: 'stopping' }), gone),
    ],
    ['lost', 'its connection is gone without a goodbye', known(heartbeat(NOON), gone)],
    ['lost', 'it is gone, long ago', known(heartbeat(NOON - 90_000), gone)],
    ['not_running', 'nobody called run() within four seconds', beat(0, { ...idle, upForMs: 4000 })],
    ['running', 'run() may still be called', beat(0, { ...idle, upForMs: 3999 })],
    ['paused', 'it was never run, and is paused', beat(0, { ...idle, state: 'paused' })],
  ])('is %s when %s', (state, _, worker) => {
    expect(of(worker)).toMatchObject({ worker, state });
  });

  it('tells who is alive, and who takes jobs', () => {
    const states = ['running', 'paused', 'stopping', 'not_running', 'silent', 'lost', 'stopped'] as const;
    const those = (is: typeof isAlive) => states.filter((state) => is(assessed({ state })));
    expect(those(isAlive)).toEqual(['running', 'paused', 'stopping', 'not_running']);
    expect(those(isHealthy)).toEqual(['running']);
    expect(those(isTimely)).toEqual(['running']);
    const wedged = assessed({ wedgedForMs: 1 });
    expect([isAlive, isHealthy, isTimely].map((is) => is(wedged))).toEqual([true, false, false]);
    const late = assessed({ late: true });
    expect([isAlive, isHealthy, isTimely].map((is) => is(late))).toEqual([true, true, false]);
  });
});

it('the age of a heartbeat is never negative', () => {
  expect(of(beat(1200))?.ageMs).toBe(1200);
  expect(of(beat(-300))?.ageMs).toBe(0);
});

describe('a heartbeat that is overdue', () => {
  const late = (
    ageMs: number,
    parts: Parameters<typeof heartbeat>[1] = {},
    rest: Partial<QueueEvidence> = {},
  ) => of(beat(ageMs, parts), rest)?.late;

  it.each([
    [5000, 10_000],
    [1500, 3000],
    [1000, 2500],
    [100, 1600],
  ])('of an interval of %d ms is late after %d ms', (intervalMs, afterMs) => {
    expect(late(afterMs, { intervalMs })).toBe(false);
    expect(late(afterMs + 1, { intervalMs })).toBe(true);
  });

  it('is late of a worker that stops, not of one that is paused, silent or gone', () => {
    expect(late(20_000, { state: 'stopping' })).toBe(true);
    expect(late(20_000, { state: 'paused' })).toBe(false);
    expect(late(40_000)).toBe(false);
    expect(of(known(heartbeat(NOON - 20_000), { goneSince: NOON }))?.late).toBe(false);
  });

  it('is late when Redis has been back for so long, and five seconds for the reconnect', () => {
    expect(late(20_000, {}, { redisBackAt: NOON - 15_000 })).toBe(false);
    expect(late(20_000, {}, { redisBackAt: NOON - 15_001 })).toBe(true);
  });
});

it.each([
  [60_000, 0],
  [-60_000, 0],
  [60_001, 60_001],
  [-60_001, -60_001],
])('a clock that differs by %d ms is off by %d, for a job may wait for a minute', (skewMs, clockOffMs) => {
  expect(of(beat(0, { skewMs }))?.clockOffMs).toBe(clockOffMs);
});

describe('a worker that picks up nothing', () => {
  const idle = (idleWhileWaitingMs: number, parts: Parameters<typeof heartbeat>[1] = {}, ageMs = 0) =>
    beat(ageMs, { idleWhileWaitingMs, ...parts });
  const waiting = { waitingSince: NOON - 1000 };
  const wedgedFor = (worker: KnownWorker, parts: Partial<QueueEvidence> = {}) =>
    of(worker, { ...waiting, ...parts })?.wedgedForMs;

  it('is wedged when it says so for long enough, and jobs are seen to wait', () => {
    expect(wedgedFor(idle(30_000))).toBe(30_000);
    expect(wedgedFor(idle(29_999))).toBe(0);
  });

  it.each<[string, KnownWorker, Partial<QueueEvidence>]>([
    ['nothing is seen to wait', idle(90_000), { waitingSince: null }],
    ['it does not say so itself', beat(0), {}],
    ['nobody has looked at the queue', idle(90_000), { slow: null }],
    ['the queue is paused', idle(90_000), { slow: slow({ counts: { paused: true } }) }],
    ['the rate limit is reached', idle(90_000), { slow: slow({ rateLimitLeftMs: 5 }) }],
    ['it has only just been told to run', idle(90_000, { everRan: false, upForMs: 100 }), {}],
    ['it is paused', idle(90_000, { state: 'paused' }), {}],
    ['it is silent', idle(90_000, {}, 30_001), {}],
    ['Redis has been back for less than a minute', idle(90_000), { redisBackAt: NOON - 59_999 }],
  ])('is not wedged when %s', (_, worker, parts) => {
    expect(wedgedFor(worker, parts)).toBe(0);
  });

  it('is wedged again when Redis has been back for a minute', () => {
    expect(wedgedFor(idle(90_000), { redisBackAt: NOON - 60_000 })).toBe(90_000);
  });

  it('goes on to be idle for one and a half intervals after it said so, and no longer', () => {
    expect(wedgedFor(idle(25_000, {}, 7500))).toBe(32_500);
    expect(wedgedFor(idle(25_000, {}, 7501))).toBe(0);
    expect(wedgedFor(idle(30_000, {}, 7501))).toBe(30_000);
  });
});

describe('a worker whose id nobody chose', () => {
  const unnamed = { named: false, host: 'h1' };
  const old = (parts: Parameters<typeof heartbeat>[1] = {}, id = 'h1-1') =>
    known(heartbeat(NOON - 60_000, { ...unnamed, id, incarnation: id, ...parts }), {
      goneSince: NOON - 50_000,
    });
  /** It has been up for less long than its predecessor has been gone. */
  const next = (parts: Parameters<typeof heartbeat>[1] = {}, id = 'h1-2') =>
    beat(0, { ...unnamed, id, incarnation: id, upForMs: 50_000, ...parts });
  const ids = (...workers: readonly KnownWorker[]) => all(workers).map(({ worker }) => worker.heartbeat.id);

  it('has its place taken by one that started on its host after it was lost', () => {
    expect(ids(old(), next())).toEqual(['h1-2']);
    expect(ids(next(), old())).toEqual(['h1-2']);
    expect(ids(old(), next({ state: 'stopping' }))).toEqual(['h1-2']);
  });

  it.each<[string, KnownWorker, KnownWorker]>([
    ['its id was chosen', old({ named: true }), next()],
    ["the other's id was chosen", old(), next({ named: true })],
    ['the other is on another host', old(), next({ host: 'h2' })],
    ['the other is paused', old(), next({ state: 'paused' })],
    ['the other was never run', old(), next({ everRan: false })],
    ['the other is lost too', old(), known(next().heartbeat, { goneSince: NOON })],
    ['it is alive', known(heartbeat(NOON - 20_000, { ...unnamed, id: 'h1-1' })), next({ upForMs: 100 })],
  ])('keeps its place when %s', (_, first, second) => {
    expect(ids(first, second)).toHaveLength(2);
  });

  it('may have been started an interval before the last heartbeat was due', () => {
    expect(ids(old(), next({ upForMs: 64_999 }))).toEqual(['h1-2']);
    expect(ids(old(), next({ upForMs: 65_000 }))).toEqual(['h1-1', 'h1-2']);
  });

  it('takes the place of one other, not of two', () => {
    expect(ids(old(), old({}, 'h1-0'), next())).toEqual(['h1-0', 'h1-2']);
    expect(ids(old(), old({}, 'h1-0'), next(), next({}, 'h1-3'))).toEqual(['h1-2', 'h1-3']);
  });
});

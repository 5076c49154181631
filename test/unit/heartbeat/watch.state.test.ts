import { NO_OUTCOMES } from '../../../src/modules/heartbeat/assess/finishes.state.js';
import { describe, expect, it } from '@jest/globals';
import { startWatch, watch, type Watch } from '../../../src/modules/heartbeat/assess/watch.state.js';
import { startOutlook } from '../../../src/modules/forecast/index.js';
import type { Heartbeat } from '../../../src/modules/heartbeat/heartbeat.js';
import type { QueueReading } from '../../../src/modules/heartbeat/read/reading.js';
import { heartbeat, NOON, reading, seen, slow } from './given.js';

const MINUTE = 60_000;
/** A look that nobody's heartbeat is new at. */
const look = (afterMs: number, parts: Partial<QueueReading> = {}) => reading(NOON + afterMs, parts);
const waiting = (afterMs: number, parts: Parameters<typeof slow>[0]) => look(afterMs, { slow: slow(parts) });
const beat = (afterMs: number, parts: Parameters<typeof heartbeat>[1] = {}) =>
  heartbeat(NOON + afterMs, parts);
const told = (afterMs: number, ...heartbeats: readonly Heartbeat[]) => look(afterMs, { heartbeats });
const ids = ({ evidence }: Watch) => evidence.workers.map((each) => each.heartbeat.id);
const remembered = (before: Watch, ...heartbeats: readonly Heartbeat[]) =>
  watch(before, { kind: 'remembered', heartbeats });

it('a watch that has seen nothing knows nothing', () => {
  expect(startWatch('execution')).toEqual({
    evidence: {
      queue: 'execution',
      now: 0,
      workers: [],
      unread: { ids: 0, unreadable: [] },
      slow: null,
      headSince: null,
      waitingSeen: new Map(),
      waitingSince: null,
      waitingBefore: null,
      backlog: startOutlook(),
      activeSince: new Map(),
      redisBackAt: null,
      outcomes: NO_OUTCOMES,
      traces: {
        connectedAt: null,
        absentSince: null,
        movedAt: null,
        renewedAt: null,
        renewedForMs: null,
      },
      deaths: [],
      doubled: { jobs: new Map(), missing: new Map() },
    },
    head: null,
    tooMany: Infinity,
  });
});

it('a look is kept as it is: its time, what could not be read, what is looked at less often', () => {
  const given = look(0, { unread: { ids: 3, unreadable: ['x'] }, slow: slow({ counts: { failed: 2 } }) });
  expect(seen(given).evidence).toMatchObject({
    queue: 'execution',
    now: NOON,
    unread: given.unread,
    slow: given.slow,
  });
});

describe('a worker', () => {
  it('is known by its newest heartbeat, and stays known without one', () => {
    const [first, second] = [beat(0), beat(5000)];
    const after = seen(told(0, first), told(5000, second), look(6000));
    expect(after.evidence.workers).toEqual([{ heartbeat: second, goneSince: null, doubleAt: null }]);
    expect(seen(told(5000, second), told(6000, first)).evidence.workers).toMatchObject([
      { heartbeat: second },
    ]);
  });

  it.each([
    ['a later time, though the sequence is lower', 1, 7, true],
    ['an earlier time and a higher sequence, for the clock of Redis went back', -4000, 12, true],
    ['the same time and a higher sequence', 0, 12, true],
    ['an earlier time and the same sequence', -4000, 11, false],
    ['the same time and sequence', 0, 11, false],
  ])('has a newer heartbeat in one of %s', (_, laterMs, sequence, newer) => {
    const [first, second] = [beat(0, { sequence: 11 }), beat(laterMs, { sequence })];
    expect(seen(told(0, first), told(0, second)).evidence.workers[0]?.heartbeat).toEqual(
      newer ? second : first,
    );
  });

  it('has no newer heartbeat in an earlier or simultaneous one of another life, whatever its sequence', () => {
    const first = beat(0, { sequence: 11 });
    for (const at of [-4000, 0]) {
      const other = beat(at, { sequence: 99, incarnation: 'life-2' });
      expect(seen(told(0, first), told(0, other)).evidence.workers).toMatchObject([{ heartbeat: first }]);
    }
  });

  it('is one of several that are told apart by their ids', () => {
    const [first, second] = [beat(0), beat(0, { id: 'w2', incarnation: 'life-2' })];
    const next = beat(5000, { id: 'w2', incarnation: 'life-2' });
    const after = seen(told(0, first, second), told(5000, next));
    expect(after.evidence.workers.map((each) => each.heartbeat)).toEqual([next, first]);
  });

  it('has a heartbeat that is moved when it is later than now', () => {
    const after = seen(told(0, beat(3_600_000)));
    expect(after.evidence.workers).toMatchObject([{ heartbeat: { at: NOON } }]);
  });

  it('may be remembered from an earlier life of the watcher', () => {
    const start = startWatch('execution');
    const [first, second] = [beat(0), beat(0, { id: 'w2' })];
    const after = remembered(start, first, second);
    expect(after).toEqual({
      ...start,
      evidence: {
        ...start.evidence,
        workers: [first, second].map((each) => ({ heartbeat: each, goneSince: null, doubleAt: null })),
      },
    });
    expect(remembered(seen(told(5000, beat(5000))), first).evidence.workers).toMatchObject([
      { heartbeat: beat(5000) },
    ]);
  });
});

describe('a worker of which nothing is heard any more', () => {
  const other = (afterMs: number) => beat(afterMs, { id: 'w2', incarnation: 'life-2' });
  const after = (ms: number) => seen(told(0, beat(0), other(0)), told(ms, other(ms)));

  it('is remembered for ten minutes beside another', () => {
    expect(ids(after(MINUTE))).toEqual(['w2', 'worker-1']);
    expect(ids(after(MINUTE + 1))).toEqual(['w2', 'worker-1']);
    expect(ids(after(10 * MINUTE))).toEqual(['w2', 'worker-1']);
    expect(ids(after(10 * MINUTE + 1))).toEqual(['w2']);
  });

  it('is remembered, lost, for ten minutes too', () => {
    const lost = (ms: number) =>
      seen(
        told(0, beat(0), other(0)),
        look(1000, { heartbeats: [other(1000)], absent: new Set(['life-1']) }),
        told(ms, other(ms)),
      );
    expect(lost(10 * MINUTE).evidence.workers[1]).toMatchObject({ goneSince: NOON + 1000 });
    expect(ids(lost(10 * MINUTE + 1))).toEqual(['w2']);
  });

  it('is never forgotten when it was the last', () => {
    expect(ids(seen(told(0, beat(0)), look(1000 * MINUTE)))).toEqual(['worker-1']);
    expect(ids(seen(told(0, beat(0), other(-1000)), look(1000 * MINUTE)))).toEqual(['worker-1']);
  });

  it('is one of the five hundred that were heard of last', () => {
    const many = Array.from({ length: 501 }, (_, n) =>
      beat(n - 501, { id: `w${n}`, incarnation: `life-${n}` }),
    );
    const kept = ids(seen(told(0, ...many)));
    expect(kept).toHaveLength(500);
    expect([kept[0], kept.at(-1)]).toEqual(['w500', 'w1']);
  });
});

describe('the connection of a worker', () => {
  const absent = new Set(['life-1']);
  const gone = (afterMs: number) => look(afterMs, { absent });
  const present = (afterMs: number) => look(afterMs, { present: new Set(['life-1']) });
  const goneSince = ({ evidence }: Watch) => evidence.workers[0]?.goneSince;

  it('is gone since its channel was first seen to be empty', () => {
    expect(goneSince(seen(told(0, beat(0)), gone(1000), gone(2000), look(3000)))).toBe(NOON + 1000);
  });

  it('is gone when its own channel is empty, not that of another', () => {
    const others = look(1000, { absent: new Set(['life-2']) });
    expect(goneSince(seen(told(0, beat(0)), others))).toBeNull();
    expect(goneSince(seen(told(0, beat(0)), look(1000)))).toBeNull();
  });

  it('is there again when somebody listens, or in the next life', () => {
    expect(goneSince(seen(told(0, beat(0)), gone(1000), present(2000)))).toBeNull();
    const next = look(2000, { heartbeats: [beat(2000, { incarnation: 'life-2' })], present: new Set() });
    expect(goneSince(seen(told(0, beat(0)), gone(1000), next))).toBeNull();
  });

  it('is not there again because of a heartbeat that was under way', () => {
    const last = look(2000, { heartbeats: [beat(1500)], present: new Set() });
    expect(goneSince(seen(told(0, beat(0)), gone(1000), last))).toBe(NOON + 1000);
  });

  it('is not called gone within five seconds of the return of Redis', () => {
    const back = (ms: number) => seen(told(0, beat(0)), [look(1000), 'reconnected'], gone(1000 + ms));
    expect(goneSince(back(4999))).toBeNull();
    expect(goneSince(back(5000))).toBe(NOON + 6000);
    expect(back(4999).evidence.redisBackAt).toBe(NOON + 1000);
  });

  it('is not called gone by the look at which Redis is back', () => {
    expect(goneSince(seen(told(0, beat(0)), [gone(MINUTE), 'reconnected']))).toBeNull();
  });

  it('when lost counts as a death with its jobs, once', () => {
    const active = [{ id: 'job-1', startedAgeMs: 1, progressAgeMs: null, attempt: 1 }];
    const after = seen(told(0, beat(0, { active })), gone(1000), gone(2000));
    expect(after.evidence.deaths).toEqual([
      { incarnation: 'life-1', token: '', at: NOON + 1000, jobs: ['job-1'] },
    ]);
  });
});

it('the return of Redis is remembered until the next', () => {
  const backAt = (watched: Watch) => watched.evidence.redisBackAt;
  expect(backAt(seen(look(0)))).toBeNull();
  expect(backAt(seen(look(0), [look(1000), 'reconnected'], look(2000)))).toBe(NOON + 1000);
  expect(backAt(seen([look(0), 'reconnected'], [look(1000), 'reconnected']))).toBe(NOON + 1000);
});

describe('two lives of one id', () => {
  const elder = (afterMs: number, upForMs = MINUTE + afterMs) => beat(afterMs, { upForMs });
  const younger = (afterMs: number, parts = {}) =>
    beat(afterMs, { incarnation: 'life-2', upForMs: 10_000, ...parts });
  const doubleAt = (...looks: readonly QueueReading[]) => seen(...looks).evidence.workers[0]?.doubleAt;

  it('are known when the earlier one beats after the later one did', () => {
    expect(doubleAt(told(0, younger(0)), told(1000, elder(1000)))).toBe(NOON + 1000);
  });

  it('are one after the other when the later one began later', () => {
    expect(doubleAt(told(0, elder(0)), told(1000, younger(1000, { upForMs: 100 })))).toBeNull();
    const same = beat(1000, { incarnation: 'life-3', upForMs: 11_000 });
    expect(doubleAt(told(0, younger(0)), told(1000, same))).toBeNull();
  });

  it('are none when one life has moved its start', () => {
    expect(doubleAt(told(0, beat(0, { upForMs: 10 })), told(1000, elder(1000)))).toBeNull();
  });

  it.each([
    [5000, 20_000],
    [3000, 12_000],
    [2000, 10_000],
  ])('at an interval of %d ms are believed in for %d ms', (intervalMs, forMs) => {
    const twice = [told(0, younger(0, { intervalMs })), told(0, beat(1, { intervalMs }))];
    const last = NOON + 1;
    const quiet = (ms: number) => doubleAt(...twice, look(1 + ms));
    expect(quiet(forMs)).toBe(last);
    expect(quiet(forMs + 1)).toBeNull();
    const there = (ms: number) => doubleAt(...twice, look(1 + ms, { present: new Set(['life-1']) }));
    expect([there(forMs), there(forMs + 1)]).toEqual([last, null]);
    const gone = (ms: number) => doubleAt(...twice, look(1 + ms, { absent: new Set(['life-1']) }));
    expect([gone(forMs), gone(forMs + 1)]).toEqual([last, null]);
  });

  it('are still known after the next heartbeat of one of them', () => {
    const twice = [told(0, younger(0)), told(1000, elder(1000))];
    expect(doubleAt(...twice, told(2000, elder(2000)))).toBe(NOON + 1000);
    expect(doubleAt(...twice, told(2000, younger(2000, { upForMs: 12_000 })))).toBe(NOON + 1000);
  });
});

describe('a job that runs twice', () => {
  const active = (startedAgeMs: number) => [{ id: 'job-1', startedAgeMs, progressAgeMs: null, attempt: 1 }];
  const both = (afterMs: number, parts = {}) => [
    beat(afterMs, { active: active(8000), ...parts }),
    beat(afterMs, { id: 'w2', incarnation: 'life-2', active: active(3000), ...parts }),
  ];
  const doubled = (...looks: readonly QueueReading[]) => [...seen(...looks).evidence.doubled.jobs.keys()];

  it('is remembered while one of its holders lives', () => {
    const twice = told(0, ...both(0));
    expect(doubled(twice, look(1000))).toEqual(['job-1']);
    expect(doubled(twice, look(1000, { absent: new Set(['life-1']) }))).toEqual(['job-1']);
    expect(doubled(twice, look(1000, { absent: new Set(['life-1', 'life-2']) }))).toEqual([]);
    expect(doubled(twice, told(1000, ...both(1000, { state: 'stopped', active: [] })))).toEqual([]);
  });
});

describe('the job that is next in line', () => {
  const headSince = (...heads: readonly (readonly string[])[]) =>
    seen(...heads.map((each, n) => waiting(n * 1000, { heads: each }))).evidence.headSince;

  it('is so since it was first seen, and anew when it is another', () => {
    expect(headSince(['7'], ['7'], ['7'])).toBe(NOON);
    expect(headSince(['7'], ['8'], ['8'])).toBe(NOON + 1000);
    expect(headSince(['7'], [], ['7'])).toBe(NOON + 2000);
    expect(headSince(['7'], [])).toBeNull();
  });

  it('is one of the plain and one of the prioritized', () => {
    expect(headSince(['7', '9'], ['7', '9'])).toBe(NOON);
    expect(headSince(['7', '9'], ['7', '8'])).toBe(NOON + 1000);
    expect(headSince(['7', '9'], ['79'])).toBe(NOON + 1000);
    expect(seen(waiting(0, { heads: ['7', '9'] })).head).toBe('7 9');
  });
});

describe('jobs that could run', () => {
  const since = (...looks: readonly Parameters<typeof slow>[0][]) =>
    seen(...looks.map((each, n) => waiting(n * 1000, each))).evidence.waitingSince;

  it('are there since one was first next in line or overdue, whichever it is now', () => {
    expect(since({ heads: ['7'] }, { heads: ['8'] }, { overdueSince: NOON - 9000 })).toBe(NOON);
    expect(since({}, { overdueSince: NOON - 9000 }, { heads: ['7'] })).toBe(NOON + 1000);
  });

  it('are not there when there was none in between', () => {
    expect(since({ heads: ['7'] }, {}, { heads: ['7'] })).toBe(NOON + 2000);
    expect(since({ heads: ['7'] }, {})).toBeNull();
  });
});

describe('each job that waits', () => {
  const ids = (from: number, count: number) => Array.from({ length: count }, (_, n) => `job-${from + n}`);
  const seenAfter = (...looks: readonly (readonly string[])[]) =>
    seen(...looks.map((each, n) => waiting(n * 1000, { waiting: { ids: each, sample: false } }))).evidence
      .waitingSeen;

  it('is known since it was first seen, the oldest first, for as long as it waits', () => {
    expect([...seenAfter(['a', 'b'], ['c', 'a'])]).toEqual([
      ['a', NOON],
      ['c', NOON + 1000],
    ]);
    expect([...seenAfter(['a'], ['b'], ['a'])]).toEqual([['a', NOON + 2000]]);
  });

  it('is one of forty, the oldest twenty and the newest twenty', () => {
    expect(seenAfter(ids(0, 40)).size).toBe(40);
    const kept = [...seenAfter(ids(0, 25), ids(0, 50)).keys()];
    expect(kept).toEqual([...ids(0, 20), ...ids(30, 20)]);
    expect([...seenAfter(ids(0, 41)).keys()]).toEqual([...ids(0, 20), ...ids(21, 20)]);
  });
});

it('each active job is known since it was first seen, for as long as it is active', () => {
  const { activeSince } = seen(
    waiting(0, { activeIds: ['a', 'b'] }),
    waiting(1000, { activeIds: ['b', 'c'] }),
  ).evidence;
  expect([...activeSince]).toEqual([
    ['b', NOON],
    ['c', NOON + 1000],
  ]);
});

describe('the depth of a minute ago', () => {
  type Looks = readonly (readonly [afterMs: number, depth: number])[];
  const at = (...looks: Looks) =>
    seen(...looks.map(([afterMs, depth]) => waiting(afterMs, { counts: { waiting: depth } })));
  const before = (...looks: Looks) => at(...looks).evidence.waitingBefore;

  it('is known when it was looked at 55 to 65 seconds ago', () => {
    expect(before([0, 5])).toBeNull();
    expect(before([0, 5], [54_999, 9])).toBeNull();
    expect(before([0, 5], [55_000, 9])).toBe(5);
    expect(before([0, 5], [65_000, 9])).toBe(5);
    expect(before([0, 5], [65_001, 9])).toBeNull();
  });

  it('moves on with the minute', () => {
    expect(before([0, 5], [30_000, 6], [65_000, 9], [90_000, 11])).toBe(6);
  });

  it('is kept once in five seconds', () => {
    const { backlog } = at([0, 5], [4999, 6], [5000, 7], [9999, 8], [10_000, 9]).evidence;
    expect(backlog.series.samples).toEqual([
      { at: NOON, value: 5 },
      { at: NOON + 5000, value: 7 },
      { at: NOON + 10_000, value: 9 },
    ]);
  });

  it('counts those that have a priority too', () => {
    const looks = [0, 60_000].map((afterMs) =>
      waiting(afterMs, { counts: { waiting: 2, prioritized: 3, delayed: 7, active: 1 } }),
    );
    expect(seen(...looks).evidence.waitingBefore).toBe(5);
  });

  it('is warned of when it will be too much, which is known of the watch', () => {
    const growing = (tooMany: number) => {
      let now = startWatch('execution', { tooMany });
      for (let second = 0; second <= 305; second += 5) {
        const counts = { waiting: second };
        now = watch(now, {
          kind: 'reading',
          reading: waiting(second * 1000, { counts }),
          reconnected: false,
        });
      }
      return now.evidence.backlog;
    };
    expect(growing(1000).forecast).toMatchObject({ kind: 'away', ratePerSecond: 1 });
    expect(growing(1000).warning).toMatchObject({ kind: 'reaches', inMs: 695_000 });
    expect(growing(10_000).warning).toBeNull();
  });
});

describe("BullMQ's own traces", () => {
  const active = (afterMs: number, ...activeIds: string[]) => waiting(afterMs, { activeIds });

  it('are those of one look after the other', () => {
    expect(seen(active(0, '1')).evidence.traces.movedAt).toBeNull();
    expect(seen(active(0, '1'), active(1000)).evidence.traces.movedAt).toBe(NOON + 1000);
  });

  it('are none across a time in which Redis was away: what is missing then may be lost', () => {
    expect(seen(active(0, '1'), [active(1000), 'reconnected']).evidence.traces.movedAt).toBeNull();
  });
});

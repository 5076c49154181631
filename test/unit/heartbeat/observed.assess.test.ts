import { describe, expect, it } from '@jest/globals';
import type { QueueEvidence } from '../../../src/modules/heartbeat/assess/evidence.js';
import {
  freshTraces,
  observed,
  observedVerdict,
  tracesOfWorkers,
} from '../../../src/modules/heartbeat/assess/observed.assess.js';
import { NO_TRACES, type Traces } from '../../../src/modules/heartbeat/assess/traces.state.js';
import { evidence, NOON, queueCase, slow } from './given.js';

type Look = Parameters<typeof slow>[0];
const left = (traces: Partial<Traces>, look: Look = {}, rest: Partial<QueueEvidence> = {}) =>
  evidence({ traces: { ...NO_TRACES, ...traces }, slow: slow(look), ...rest });
const why = (...given: Parameters<typeof left>) => observed(queueCase({ evidence: left(...given) }));
const here = { connectedAt: NOON };
const two = { connectedWorkers: 2 };
const iso = (ms: number) => new Date(ms).toISOString();

it('a queue without any trace never had a worker', () => {
  expect(why({})).toEqual({
    code: 'worker.not_started',
    message: 'Execution worker has not been started. Queue processing is offline.',
    details: {},
  });
  expect(observed(queueCase({ evidence: evidence({ slow: null }) }))?.code).toBe('worker.not_started');
});

describe('workers that were seen by name', () => {
  const gone = (forMs: number, traces: Partial<Traces> = {}, rest: Partial<QueueEvidence> = {}) =>
    why(
      { connectedAt: NOON - forMs - 2000, absentSince: NOON - forMs, ...traces },
      { connectedWorkers: 0 },
      rest,
    );

  it('are there while they are connected', () => {
    expect(why(here, two)).toBeNull();
    expect(why({ ...here, movedAt: NOON - 900_000 }, two)).toBeNull();
  });

  it('are lost when two looks no longer find them', () => {
    expect(gone(2999)).toBeNull();
    expect(gone(3000)).toEqual({
      code: 'worker.lost',
      message:
        'Workers without heartbeats were connected until 5.0 s ago and are gone. Whether they were stopped or killed cannot be told without heartbeats. Queue processing is offline.',
      details: {
        connectedWorkers: 0,
        lastTraceAt: iso(NOON - 5000),
        lastSeenConnectedAgeMs: 5000,
      },
    });
    expect(gone(700_000)?.code).toBe('worker.lost');
  });

  it('are waited for after Redis came back', () => {
    expect(gone(20_000, {}, { redisBackAt: NOON - 24_999 })).toBeNull();
    expect(gone(20_000, {}, { redisBackAt: NOON - 25_000 })?.code).toBe('worker.lost');
  });

  it('are not lost while something speaks against it that is newer', () => {
    expect(gone(10_000, { movedAt: NOON - 4000 })?.code).toBe('worker.lost');
    expect(gone(10_000, { movedAt: NOON - 3999 })).toBeNull();
    expect(gone(10_000, { renewedAt: NOON - 3999 })).toBeNull();
    expect(gone(90_000, { movedAt: NOON - 65_000 })?.message).toContain('left their last trace 65 s ago');
  });

  it('are believed for a while when the list is withheld from now on', () => {
    expect(why({ connectedAt: NOON - 64_999 })).toBeNull();
    expect(why({ connectedAt: NOON - 65_000 })?.message).toContain('their connections cannot be seen');
  });
});

describe('workers that no list of connections names', () => {
  it('are there while a trace is fresh', () => {
    expect(why({ renewedAt: NOON - 64_999, renewedForMs: 30_000 })).toBeNull();
    expect(why({ movedAt: NOON - 64_999, renewedAt: NOON - 90_000 }, { connectedWorkers: 0 })).toBeNull();
  });

  it('are lost, as far as can be told, when the last one is old', () => {
    expect(why({ renewedAt: NOON - 65_000, renewedForMs: 29_600 })).toEqual({
      code: 'worker.lost',
      message:
        "Workers without heartbeats left their last trace 65 s ago. They are gone or paused, as far as BullMQ's stalled check tells, which is renewed every 30 s; their connections cannot be seen. Queue processing is offline.",
      details: { connectedWorkers: null, lastTraceAt: iso(NOON - 65_000) },
    });
    expect(why({ movedAt: NOON - 70_000 })?.message).toContain('renewed every 30 s');
  });

  it('have as much time as their own stalled check takes, twice', () => {
    const slowly = (agoMs: number) => why({ renewedAt: NOON - agoMs, renewedForMs: 60_000 });
    expect(slowly(124_999)).toBeNull();
    expect(slowly(125_000)?.code).toBe('worker.lost');
  });
});

describe('workers that take nothing', () => {
  const waits = (forMs: number, look: Look = two, rest: Partial<QueueEvidence> = {}) =>
    why(here, look, { headSince: NOON - forMs, ...rest });

  it('are wedged, or paused, when the next job waits for long and none is active', () => {
    expect(waits(30_000)).toEqual({
      code: 'worker.wedged',
      message:
        '2 workers without heartbeats are connected and take no jobs: the next job has waited for 30 s and none is active. Whether they hang or somebody called worker.pause() cannot be told without heartbeats.',
      details: { connectedWorkers: 2, lastTraceAt: iso(NOON), wedgedForMs: 30_000 },
    });
    expect(waits(30_000, { connectedWorkers: 1 })?.message).toContain(
      '1 worker without heartbeats is connected and takes no jobs:',
    );
    expect(waits(30_000, {})?.message).toContain(
      "Workers without heartbeats, of which only BullMQ's own traces tell, take no jobs:",
    );
    expect(waits(30_000, {}, { slow: null })?.code).toBe('worker.wedged');
  });

  it('are not while something else explains it', () => {
    expect(waits(29_999)).toBeNull();
    expect(waits(90_000, { ...two, activeIds: ['9'] })).toBeNull();
    expect(waits(90_000, { ...two, rateLimitLeftMs: 5 })).toBeNull();
    expect(waits(90_000, { ...two, counts: { paused: true } })).toBeNull();
    expect(waits(90_000, two, { redisBackAt: NOON - 59_999 })).toBeNull();
    expect(waits(90_000, two, { redisBackAt: NOON - 60_000 })?.code).toBe('worker.wedged');
    expect(why(here, two)).toBeNull();
  });
});

describe('traces that are fresh', () => {
  it('are named', () => {
    expect(freshTraces(left({}))).toEqual([]);
    expect(freshTraces(evidence({ slow: null }))).toEqual([]);
    expect(freshTraces(left({ ...here, renewedAt: NOON, movedAt: NOON }, two))).toEqual([
      'connections',
      'stalled-check',
      'moves',
    ]);
    expect(freshTraces(left({ renewedAt: NOON - 65_000, movedAt: NOON - 64_999 }))).toEqual(['moves']);
    expect(freshTraces(left({ renewedAt: NOON - 64_999, movedAt: NOON - 65_000 }))).toEqual([
      'stalled-check',
    ]);
  });

  it('are those of workers, unless the list says that these are gone', () => {
    expect(tracesOfWorkers(left({}))).toBe(false);
    expect(tracesOfWorkers(left({ movedAt: NOON }))).toBe(true);
    expect(tracesOfWorkers(left({ movedAt: NOON, absentSince: NOON - 1000 }))).toBe(false);
  });
});

describe('a queue that is worked off without heartbeats', () => {
  const told = (...given: Parameters<typeof left>) =>
    observedVerdict(queueCase({ evidence: left(...given) }));

  it('passes, with what is known and what cannot be', () => {
    const { code, message, details } = told({ ...here, movedAt: NOON - 3000 }, two);
    expect(code).toBe('worker.observed');
    expect(message).toBe(
      "The queue is worked off by workers that send no heartbeats, as far as BullMQ's own traces tell: 2 connected, jobs last moved 3.0 s ago, nothing overdue. Give them to instrumentWorker() to know more.",
    );
    expect(details).toMatchObject({
      connectedWorkers: 2,
      lastTraceAt: iso(NOON),
      by: ['connections', 'moves'],
      notKnown: expect.arrayContaining([expect.stringMatching(/frozen/)]),
    });
  });

  it.each<[string, Partial<Traces>, Look]>([
    ['2 connected, no job seen to move so far, nothing overdue.', {}, two],
    [
      'connections not seen, stalled check renewed 12 s ago, nothing overdue.',
      { renewedAt: NOON - 12_000 },
      { connectedWorkers: 0 },
    ],
    [
      'connections not seen, jobs last moved 0.0 s ago, 2 jobs waiting, 1 active, nothing overdue.',
      { movedAt: NOON, renewedAt: NOON },
      { counts: { waiting: 1, prioritized: 1, active: 1 } },
    ],
  ])('says: %s', (words, traces, look) => {
    expect(told(traces, look).message).toContain(`tell: ${words} Give`);
  });

  it('is told of without a look too', () => {
    const { message, details } = observedVerdict(queueCase({ evidence: evidence({ slow: null }) }));
    expect(message).toContain('connections not seen, no job seen to move so far, nothing overdue');
    expect(details).toMatchObject({ connectedWorkers: null, lastTraceAt: null, by: [] });
  });
});

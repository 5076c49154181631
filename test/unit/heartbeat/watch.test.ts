import { describe, expect, it } from '@jest/globals';
import { assessJobs } from '../../../src/modules/heartbeat/assess/jobs.assess.js';
import { nextCanary, canarySent, NO_CANARY } from '../../../src/modules/heartbeat/canary/canary.state.js';
import { parseHeartbeat, readHeartbeat, wireOf } from '../../../src/modules/heartbeat/heartbeat.js';
import { idleness, NOT_IDLE } from '../../../src/modules/heartbeat/instrument/idle.policy.js';
import { heartbeat, LIMITS, NOON, reading, seen, slow } from './given.js';

describe('a heartbeat', () => {
  it('comes back from Postgres as it was', () => {
    const written = heartbeat(NOON, {
      active: [{ id: '1', startedAgeMs: 5, progressAgeMs: 2, attempt: 1, stuckAfterMs: 9 }],
      lastPickupAgeMs: 5,
    });
    expect(parseHeartbeat(JSON.parse(JSON.stringify(wireOf(written))))).toEqual(written);
  });

  it('gives times by the clock of the server, whatever the clock of the worker says', () => {
    expect(heartbeat(NOON, { lastPickupAgeMs: 1500, skewMs: 3_600_000 }).lastPickupAt).toBe(NOON - 1500);
  });

  it.each(['', 'nonsense', '[]', '{"id":"x"}', '{"at":"noon"}'])('is not made of %j', (text) => {
    expect(readHeartbeat(text)).toBeNull();
  });
});

describe('time that a worker idles while jobs wait', () => {
  const look = {
    now: 1000,
    waiting: true,
    limit: null,
    workerTakesJobs: true,
    slotsFree: true,
    pickedUp: 3,
  };

  it('runs from the first look on, and begins anew with every pickup', () => {
    const first = idleness(NOT_IDLE, look);
    expect(first.since).toBe(1000);
    expect(idleness(first, { ...look, now: 9000 }).since).toBe(1000);
    expect(idleness(first, { ...look, now: 9000, pickedUp: 4 }).since).toBe(9000);
  });

  it.each([
    ['nothing waits', { waiting: false }],
    ['the queue is paused', { limit: { kind: 'pause' } as const }],
    ['the queue is at its limit', { limit: { kind: 'concurrency', limit: 1 } as const }],
    ['the worker is paused', { workerTakesJobs: false }],
    ['no slot is free', { slotsFree: false }],
    ['a rate limit holds it', { limit: { kind: 'rate', leftMs: 20_000 } as const }],
  ])('does not run while %s', (_, parts) => {
    expect(idleness({ since: 1, pickedUp: 3 }, { ...look, ...parts }).since).toBeNull();
  });
});

describe('the canary', () => {
  const limits = { intervalMs: 60_000, allowedWaitMs: 10_000 };
  const free = { echoes: [], free: true, mayTravel: true };
  const under = canarySent({ ...NO_CANARY, freeSince: 0, lastSentAt: 1000 }, 'n', 1000);

  it('is sent once an interval, and only when it may travel', () => {
    const first = nextCanary(NO_CANARY, free, limits, 0);
    expect(first.effect).toEqual({ kind: 'send' });
    expect(nextCanary(first.state, free, limits, 59_999).effect).toBeNull();
    expect(nextCanary(first.state, free, limits, 60_000).effect).toEqual({ kind: 'send' });
    expect(nextCanary(NO_CANARY, { ...free, mayTravel: false }, limits, 0).effect).toBeNull();
    expect(nextCanary(NO_CANARY, { ...free, free: false }, limits, 0).effect).toBeNull();
  });

  it('is lost after the allowed wait, and withdrawn', () => {
    expect(nextCanary(under, free, limits, 11_000).effect).toBeNull();
    const lost = nextCanary(under, free, limits, 11_001);
    expect(lost.effect).toEqual({ kind: 'withdraw', nonce: 'n' });
    expect(lost.state.lostSince).toBe(11_001);
  });

  it('does not count the time in which it could not have run', () => {
    const busy = nextCanary(under, { ...free, free: false }, limits, 30_000).state;
    expect(nextCanary(busy, free, limits, 35_000).state.lostSince).toBeNull();
  });

  it('mends the verdict when one comes back', () => {
    const lost = { ...under, lostSince: 5 };
    expect(nextCanary(lost, { ...free, echoes: ['n'] }, limits, 2000).state.lostSince).toBeNull();
  });
});

describe('how jobs end', () => {
  const of = (parts: Parameters<typeof heartbeat>[1]) =>
    assessJobs(seen(reading(NOON, { heartbeats: [heartbeat(NOON, parts)] })).evidence, LIMITS).code;

  it('is a failure when every recent one failed, and one success ends it', () => {
    expect(of({ recentFinished: 6, recentFailed: 6, failuresInARow: 6 })).toBe('jobs.failing');
    expect(of({ recentFinished: 7, recentFailed: 6, successesInARow: 1 })).toBe('jobs.some_failing');
    expect(of({ recentFinished: 9, recentFailed: 6, successesInARow: 3 })).toBe('jobs.finishing');
  });

  it('is not judged by too few', () => {
    expect(of({ recentFinished: 4, recentFailed: 4, failuresInARow: 4 })).toBe('jobs.finishing');
  });

  it('is a warning when a parent waits for a child that failed', () => {
    const parent = seen(reading(NOON, { slow: slow({ orphanedParents: { ids: ['p1'], sample: true } }) }));
    expect(assessJobs(parent.evidence, LIMITS)).toMatchObject({ code: 'jobs.parent_waiting' });
  });
});

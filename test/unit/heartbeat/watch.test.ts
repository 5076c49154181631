import { describe, expect, it } from '@jest/globals';
import { assessJobs } from '../../../src/modules/heartbeat/assess/jobs.assess.js';
import { parseHeartbeat, readHeartbeat, wireOf } from '../../../src/modules/heartbeat/heartbeat.js';
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

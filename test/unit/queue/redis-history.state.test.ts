import { describe, expect, it } from '@jest/globals';
import {
  evictedBefore,
  nextHistory,
  NO_HISTORY,
} from '../../../src/modules/queue/check/redis-history.state.js';
import { parseInfo } from '../../../src/modules/queue/durability/redis-info.policy.js';

const DAY = 24 * 3600_000;

describe('what is remembered of earlier looks', () => {
  const info = (replicas: number, evicted = 0, runId = 'a') =>
    parseInfo(`run_id:${runId}\r\nconnected_slaves:${replicas}\r\nevicted_keys:${evicted}\r\n`);

  it('is nothing at first', () => {
    expect(NO_HISTORY).toEqual({ runId: null, evictedKeys: null, replicas: 0, replicasAt: -Infinity });
  });

  it('is the last life, its evicted keys, and when how many replicas were seen', () => {
    expect(nextHistory(NO_HISTORY, info(2, 7, 'x'), 1000)).toEqual({
      runId: 'x',
      evictedKeys: 7,
      replicas: 2,
      replicasAt: 1000,
    });
  });

  it('keeps the most replicas that were seen, for a day', () => {
    const two = nextHistory(NO_HISTORY, info(2), 1000);
    expect(nextHistory(two, info(0), 2000)).toMatchObject({ replicas: 2, replicasAt: 1000 });
    expect(nextHistory(two, info(0), 1000 + DAY).replicas).toBe(2);
    expect(nextHistory(two, info(0), 1001 + DAY)).toMatchObject({ replicas: 0, replicasAt: 1001 + DAY });
  });

  it('counts the day from when as many were seen last', () => {
    const two = nextHistory(NO_HISTORY, info(2), 1000);
    expect(nextHistory(two, info(2), 5000).replicasAt).toBe(5000);
    expect(nextHistory(two, info(3), 6000)).toMatchObject({ replicas: 3, replicasAt: 6000 });
  });

  it('counts the replicas that are listed where Redis does not say how many there are', () => {
    const listed = parseInfo('slave0:ip=a,port=1,state=online\r\nslave1:ip=b,port=1,state=online');
    expect(nextHistory(NO_HISTORY, listed, 0).replicas).toBe(2);
    const fewer = parseInfo('connected_slaves:1\r\nslave0:ip=a\r\nslave1:ip=b');
    expect(nextHistory(NO_HISTORY, fewer, 0).replicas).toBe(1);
  });

  it('compares evicted keys only within one life of the server', () => {
    const before = nextHistory(NO_HISTORY, info(0, 5), 0);
    expect(evictedBefore(before, info(0, 9))).toBe(5);
    expect(evictedBefore(before, info(0, 9, 'b'))).toBeNull();
    expect(evictedBefore(NO_HISTORY, info(0, 9))).toBeNull();
    const nameless = parseInfo('evicted_keys:5');
    expect(evictedBefore(nextHistory(NO_HISTORY, nameless, 0), nameless)).toBeNull();
  });
});

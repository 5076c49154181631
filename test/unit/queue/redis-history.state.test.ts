import { describe, expect, it } from '@jest/globals';
import {
  evictedBefore,
  nextHistory,
  NO_HISTORY,
} from '../../../src/modules/queue/check/redis-history.state.js';
import { parseInfo } from '../../../src/modules/queue/durability/redis-info.policy.js';

const DAY_MS = 86_400_000;
const info = (replicas: number, evicted = 0, runId = 'a') =>
  parseInfo(`run_id:${runId}\nconnected_slaves:${replicas}\nevicted_keys:${evicted}\n`);
const listed = (count: number) =>
  parseInfo(Array.from({ length: count }, (_, index) => `slave${index}:ip=h,port=1,state=online`).join('\n'));

describe('what is remembered of earlier looks', () => {
  it('is nothing at first', () => {
    expect(NO_HISTORY).toEqual({ runId: null, evictedKeys: null, replicas: 0, replicasAt: -Infinity });
  });

  it('is the server, its counter of evicted keys and its replicas', () => {
    expect(nextHistory(NO_HISTORY, info(2, 5), 1000)).toEqual({
      runId: 'a',
      evictedKeys: 5,
      replicas: 2,
      replicasAt: 1000,
    });
  });

  it('is of the server that was seen last, while its replicas are those of before', () => {
    const before = nextHistory(NO_HISTORY, info(2, 5), 1000);
    expect(nextHistory(before, info(1, 9, 'b'), 2000)).toEqual({
      runId: 'b',
      evictedKeys: 9,
      replicas: 2,
      replicasAt: 1000,
    });
    expect(nextHistory(before, parseInfo(''), 2000)).toMatchObject({ runId: null, evictedKeys: null });
  });

  it.each([2, 3])('has %i replicas in place of two as soon as they are seen', (replicas) => {
    const two = nextHistory(NO_HISTORY, info(2), 1000);
    expect(nextHistory(two, info(replicas), 2000)).toMatchObject({ replicas, replicasAt: 2000 });
  });

  it.each([0, 1])('has two replicas for a day when only %i are left', (replicas) => {
    const two = nextHistory(NO_HISTORY, info(2), 1000);
    const missing = nextHistory(two, info(replicas), 1000 + DAY_MS);
    expect(missing).toMatchObject({ replicas: 2, replicasAt: 1000 });
    expect(nextHistory(missing, info(replicas), 1001 + DAY_MS)).toMatchObject({
      replicas,
      replicasAt: 1001 + DAY_MS,
    });
  });

  it('counts the replicas that are listed where Redis does not say how many there are', () => {
    const two = nextHistory(NO_HISTORY, listed(2), 1000);
    expect(two.replicas).toBe(2);
    expect(nextHistory(two, info(0), 2000).replicas).toBe(2);
    expect(nextHistory(NO_HISTORY, parseInfo('connected_slaves:0\nslave0:ip=h'), 1000).replicas).toBe(0);
  });
});

describe('the counter of evicted keys to compare with', () => {
  const before = nextHistory(NO_HISTORY, info(0, 5), 0);

  it('is that of the same life of the server', () => {
    expect(evictedBefore(before, info(0, 9))).toBe(5);
  });

  it('is none after a restart, at first, and of a server that does not say which it is', () => {
    expect(evictedBefore(before, info(0, 9, 'b'))).toBeNull();
    expect(evictedBefore(before, parseInfo(''))).toBeNull();
    expect(evictedBefore(NO_HISTORY, info(0, 9))).toBeNull();
    expect(evictedBefore({ ...before, runId: null }, parseInfo(''))).toBeNull();
  });
});

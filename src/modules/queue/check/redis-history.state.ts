import type { RedisInfo } from '../durability/redis-info.policy.js';

/** What has to be remembered of earlier looks to understand the next one. */
export interface RedisHistory {
  readonly runId: string | null;
  readonly evictedKeys: number | null;
  readonly replicas: number;
  /** Monotonic ms of the last look that showed so many replicas. */
  readonly replicasAt: number;
}

export const NO_HISTORY: RedisHistory = {
  runId: null,
  evictedKeys: null,
  replicas: 0,
  replicasAt: -Infinity,
};

/** A replica that has been gone for a day was taken away on purpose. */
const REPLICAS_REMEMBERED_MS = 24 * 3600 * 1000;

export function nextHistory(history: RedisHistory, info: RedisInfo, now: number): RedisHistory {
  const connected = info.connectedReplicas ?? info.replicas.length;
  const forget = now - history.replicasAt > REPLICAS_REMEMBERED_MS;
  const more = connected >= history.replicas || forget;
  return {
    runId: info.runId,
    evictedKeys: info.evictedKeys,
    replicas: more ? connected : history.replicas,
    replicasAt: more ? now : history.replicasAt,
  };
}

/** The counter of evicted keys to compare with, null when it belongs to another life of the server. */
export function evictedBefore(history: RedisHistory, info: RedisInfo): number | null {
  return history.runId !== null && history.runId === info.runId ? history.evictedKeys : null;
}

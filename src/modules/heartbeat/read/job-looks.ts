import { bullKey, workOf, type QueueScope } from '@probity/worker/wire';
import type { Redis } from 'ioredis';
import { pipelined } from '../../redis/index.js';
import type { Heartbeat } from '../heartbeat.js';
import type { SlowReading } from './reading.js';
import { readRepeatKey } from './repeat-key.js';

const RUNS = 20;
/** BullMQ's own words for a job whose lock ran out too often. */
const STALLED_OUT = 'job stalled more than allowable limit';

/** Of the jobs given, those that BullMQ failed without asking their processor. */
export async function stalledOut(
  redis: Redis,
  scope: QueueScope,
  failed: readonly string[],
): Promise<readonly string[]> {
  if (failed.length === 0) return [];
  const reasons = await pipelined(redis, (pipeline) => {
    for (const id of failed) pipeline.hget(bullKey(scope, id), 'failedReason');
  });
  return failed.filter((_, index) => reasons[index] === STALLED_OUT);
}

/** `past`: ids of schedulers whose next run is past, each followed by its time. `now`: epoch ms. */
export async function deadSchedulers(
  redis: Redis,
  scope: QueueScope,
  past: readonly string[],
  now: number,
): Promise<SlowReading['deadSchedulers']> {
  const schedulers = past.flatMap((id, index) =>
    index % 2 === 0 ? [{ id, score: past[index + 1] ?? '', older: readRepeatKey(id) }] : [],
  );
  if (schedulers.length === 0) return [];
  const replies = await pipelined(redis, (pipeline) => {
    for (const { id, score, older } of schedulers) {
      const runs = [`repeat:${id}:${score}`, ...(older?.jobIds(score) ?? [])];
      pipeline
        .exists(runs.map((run) => bullKey(scope, run)))
        .hmget(bullKey(scope, 'repeat', id), 'limit', 'ic', 'endDate');
    }
  });
  return schedulers.flatMap(({ id, score, older }, index) => {
    const [limit, count, endDate] = replies[2 * index + 1] as (string | null)[];
    const hasJob = (replies[2 * index] as number) > 0;
    // One that has run as often or as long as it was to has ended by design.
    const done = limit != null && Number(count ?? 0) >= Number(limit);
    const over = (endDate != null && Number(endDate) <= Number(score)) || (older?.endsAt ?? Infinity) <= now;
    return hasJob || done || over ? [] : [{ id, dueAt: Number(score) }];
  });
}

/**
 * Jobs that their workers say to run for longer than a lock lasts, and that these have no lock of: it was not
 * renewed. Only a heartbeat that is on time tells what runs now.
 */
export async function unlockedRuns(
  redis: Redis,
  scope: QueueScope,
  look: { readonly now: number; readonly heartbeats: readonly Heartbeat[] },
): Promise<SlowReading['unlocked']> {
  const runs = look.heartbeats
    .filter((each) => each.token !== '' && look.now - each.at <= 1.5 * each.intervalMs)
    .flatMap(({ active, at, lockDurationMs, token, incarnation }) =>
      active
        .filter((job) => at - job.startedAt > lockDurationMs)
        .map((job) => ({ jobId: job.id, token, incarnation })),
    )
    .slice(0, RUNS);
  if (runs.length === 0) return [];
  const tokens = await pipelined(redis, (pipeline) => {
    for (const { jobId } of runs) pipeline.get(bullKey(scope, jobId, 'lock'));
  });
  return runs.flatMap(({ jobId, token, incarnation }, index) => {
    const held = tokens[index] as string | null;
    return held?.startsWith(token) === true ? [] : [{ jobId, incarnation }];
  });
}

/**
 * Of the jobs given, those that have ended or are gone; and those attempts that the next one may follow, for BullMQ has
 * failed them because their workers died, or they are lost.
 */
export async function endedAmong(
  redis: Redis,
  scope: QueueScope,
  ids: readonly string[],
): Promise<Pick<SlowReading, 'ended' | 'givenUp'>> {
  if (ids.length === 0) return { ended: [], givenUp: [] };
  const replies = await pipelined(redis, (pipeline) => {
    for (const id of ids)
      pipeline.exists(bullKey(scope, id)).hmget(bullKey(scope, id), 'finishedOn', 'failedReason');
  });
  const over = ids.flatMap((id, index) => {
    const [finishedOn = null, reason] = replies[2 * index + 1] as (string | null)[];
    const gone = replies[2 * index] === 0;
    if (!gone && finishedOn === null) return [];
    return [{ id, givenUp: workOf(id) !== id && (gone || reason === STALLED_OUT) }];
  });
  return {
    ended: over.filter(({ givenUp }) => !givenUp).map(({ id }) => id),
    givenUp: over.filter(({ givenUp }) => givenUp).map(({ id }) => id),
  };
}

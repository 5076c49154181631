import { createHash } from 'node:crypto';

/** BullMQ's own, and what it is set to where that one is forbidden. */
const HASHES = ['sha256', 'md5'];

/** What of a job that repeats stands in its key, as BullMQ 4 makes it. */
export interface RepeatKey {
  /** Ids that its next run, due at the time given, may have. */
  readonly jobIds: (at: string) => readonly string[];
  /** Epoch ms; null when it repeats for ever. */
  readonly endsAt: number | null;
}

/**
 * BullMQ 4 names a job that repeats by `name:jobId:endDate:tz:pattern`, and its runs by a hash of that; so do queues that
 * BullMQ 5 took over. Null for a job scheduler, which has a name of its own.
 */
export function readRepeatKey(key: string): RepeatKey | null {
  const [name = '', jobId = '', endDate = '', ...rest] = key.split(':');
  if (rest.length === 0) return null;
  return {
    endsAt: endDate === '' || Number.isNaN(Number(endDate)) ? null : Number(endDate),
    jobIds: (at) =>
      // BullMQ 5 does without the job's own id.
      [...new Set([jobId, ''])].flatMap((id) =>
        HASHES.flatMap((hash) => {
          const inner = hashed(hash, key);
          const outer = inner === null ? null : hashed(hash, `${name}${id}${inner}`);
          return outer === null ? [] : [`repeat:${outer}:${at}`];
        }),
      ),
  };
}

/** Null where this Node may not make it. */
function hashed(algorithm: string, text: string): string | null {
  try {
    return createHash(algorithm).update(text).digest('hex');
  } catch {
    return null;
  }
}

import {
  LONGEST_ID,
  LONGEST_NAME,
  MAX_AGE_MS,
  MOST_LISTED,
  readable,
  WIRE_VERSION,
  type StoredHeartbeat,
} from '@probity/worker/wire';
import { z } from 'zod';

// Of what others wrote into Redis: whatever stands there, it can be shown, stored, and be forgotten.
/** Far beyond any clock, and still a date. */
const LATEST_MS = 1e14;
const A_DAY_MS = 86_400_000;
const MAX_PID = 2 ** 32;

const epoch = z.number().nonnegative().max(LATEST_MS);
const age = z.number().nonnegative().max(MAX_AGE_MS);
const count = z.number().int().nonnegative().default(0);
/** A longer text is cut, not refused: who wrote it is known by the rest. */
const text = (longest: number, shortest = 0) =>
  z
    .string()
    .min(shortest)
    .transform((value) => readable(value, longest));
const optionalAge = age.nullable().default(null);

/** One heartbeat as whoever wrote it left it in Redis; what an older worker does not say has a default. */
const wireHeartbeat: z.ZodType<StoredHeartbeat> = z.object({
  /** 1.0 said none. */
  wire: z.number().int().positive().default(1),
  version: text(50).nullable().default(null),
  bullmq: text(50).nullable().default(null),
  clock: z.enum(['server', 'script', 'own']).default('server'),
  at: epoch,
  sentinel: text(100).nullable().default(null),
  id: text(LONGEST_ID, 1),
  /** False when nobody chose the id, and it will be another after a restart. */
  named: z.boolean().default(true),
  incarnation: text(100, 1),
  sequence: count,
  queue: text(500),
  prefix: text(500),
  database: text(300).default(''),
  host: text(255).nullable().default(null),
  pid: z.number().int().nonnegative().max(MAX_PID).nullable().default(null),
  state: z.enum(['running', 'paused', 'stopping', 'stopped']),
  /** Whether the channel that tells of its death is subscribed. */
  watched: z.boolean().default(false),
  upForMs: age,
  intervalMs: z.number().positive().max(A_DAY_MS),
  timeoutMs: z.number().positive().max(A_DAY_MS),
  concurrency: z.number().positive().max(1_000_000).default(1),
  lockDurationMs: z.number().positive().max(A_DAY_MS).default(30_000),
  /** The rate limit of the worker's own options, null when it has none. */
  limiterMax: z.number().positive().nullable().default(null),
  /** False until `run()` of a worker with `autorun: false` is called. */
  everRan: z.boolean().default(true),
  active: z
    .array(
      z.object({
        id: text(LONGEST_ID),
        name: text(LONGEST_NAME).nullable().default(null),
        startedAgeMs: age,
        progressAgeMs: optionalAge,
        attempt: count,
        /** How long it may go without progress, if it says so itself. */
        stuckAfterMs: age.nullable().default(null),
      }),
    )
    .max(MOST_LISTED)
    .default([]),
  activeCount: count,
  pickedUp: count,
  completed: count,
  failed: count,
  lastPickupAgeMs: optionalAge,
  lastCompletedAgeMs: optionalAge,
  /** Of the last finishes within ten minutes, at most twenty. */
  recentFinished: count,
  recentFailed: count,
  failuresInARow: count,
  successesInARow: count,
  /** How long jobs have waited while it had a free slot and picked up nothing; null when that is not so. */
  idleWhileWaitingMs: optionalAge,
  eventLoopDelayMs: age.default(0),
  /** How the locks of its jobs begin. */
  token: text(200).default(''),
  /** Its clock minus the server's. */
  skewMs: z.number().min(-MAX_AGE_MS).max(MAX_AGE_MS).default(0),
  /** Nonces of the last canaries that it ran. */
  canaries: z.array(text(100)).max(100).default([]),
});

export interface ActiveJob {
  readonly id: string;
  readonly name: string | null;
  /** Epoch ms by the clock of Redis, as everywhere below. */
  readonly startedAt: number;
  readonly progressAt: number | null;
  /** 1 for the first run; higher after a retry or a stall. */
  readonly attempt: number;
  /** How long it may go without progress; null: as long as any job. */
  readonly stuckAfterMs: number | null;
}

/** A heartbeat as it is read: times are epoch ms by the clock of Redis. */
export interface Heartbeat extends Omit<
  StoredHeartbeat,
  'active' | 'upForMs' | 'lastPickupAgeMs' | 'lastCompletedAgeMs' | 'idleWhileWaitingMs'
> {
  readonly startedAt: number;
  readonly active: readonly ActiveJob[];
  readonly lastPickupAt: number | null;
  readonly lastCompletedAt: number | null;
  readonly idleWhileWaitingSince: number | null;
}

/** Null when the text is no heartbeat: somebody else's key, or a version that cannot be understood. */
export function readHeartbeat(text: string): Heartbeat | null {
  return parseHeartbeat(jsonOf(text));
}

export function parseHeartbeat(json: unknown): Heartbeat | null {
  const parsed = asFarAsUnderstood(json);
  if (!parsed.success) return null;
  const { active, upForMs, lastPickupAgeMs, lastCompletedAgeMs, idleWhileWaitingMs, ...rest } = parsed.data;
  const before = (ms: number | null) => (ms === null ? null : rest.at - ms);
  return {
    ...rest,
    startedAt: rest.at - upForMs,
    active: active.map((job) => ({
      id: job.id,
      name: job.name,
      startedAt: rest.at - job.startedAgeMs,
      progressAt: before(job.progressAgeMs),
      attempt: job.attempt,
      stuckAfterMs: job.stuckAfterMs,
    })),
    lastPickupAt: before(lastPickupAgeMs),
    lastCompletedAt: before(lastCompletedAgeMs),
    idleWhileWaitingSince: before(idleWhileWaitingMs),
  };
}

/** A worker of a later version may say of a thing what nobody knew of when this was written: then it said nothing. */
function asFarAsUnderstood(json: unknown): z.ZodSafeParseResult<StoredHeartbeat> {
  const parsed = wireHeartbeat.safeParse(json);
  if (parsed.success || !isLater(json)) return parsed;
  const strange = new Set(parsed.error.issues.map(({ path }) => path[0]));
  return wireHeartbeat.safeParse(
    Object.fromEntries(Object.entries(json).filter(([name]) => !strange.has(name))),
  );
}

function isLater(json: unknown): json is object {
  const wire = (json as { readonly wire?: unknown } | null | undefined)?.wire;
  return typeof wire === 'number' && wire > WIRE_VERSION;
}

/** The way back: `parseHeartbeat(wireOf(heartbeat))` is the heartbeat. */
export function wireOf(heartbeat: Heartbeat): StoredHeartbeat {
  const { active, startedAt, lastPickupAt, lastCompletedAt, idleWhileWaitingSince, ...rest } = heartbeat;
  const ageOf = (at: number | null) => (at === null ? null : rest.at - at);
  return {
    ...rest,
    upForMs: rest.at - startedAt,
    active: active.map((job) => ({
      id: job.id,
      name: job.name,
      startedAgeMs: rest.at - job.startedAt,
      progressAgeMs: ageOf(job.progressAt),
      attempt: job.attempt,
      stuckAfterMs: job.stuckAfterMs,
    })),
    lastPickupAgeMs: ageOf(lastPickupAt),
    lastCompletedAgeMs: ageOf(lastCompletedAt),
    idleWhileWaitingMs: ageOf(idleWhileWaitingSince),
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

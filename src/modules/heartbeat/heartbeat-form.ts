import {
  LONGEST_ID,
  LONGEST_NAME,
  MAX_AGE_MS,
  MOST_LISTED,
  readable,
  WIRE_VERSION,
  type StoredHeartbeat,
} from '@probity/worker/wire';

// Of what others wrote into Redis: whatever stands there, it can be shown, stored, and be forgotten. By hand, for hundreds
// of them are read each second, and by a command that is to start at once.

export const NOT_UNDERSTOOD = Symbol('not understood');
type Read<T> = (value: unknown) => T | typeof NOT_UNDERSTOOD;
type Form<T> = { readonly [Name in keyof T]-?: Read<T[Name]> };

/** Far beyond any clock, and still a date. */
const LATEST_MS = 1e14;
const A_DAY_MS = 86_400_000;
const MAX_PID = 2 ** 32;

const within =
  (least: number, most: number): Read<number> =>
  (value) =>
    typeof value === 'number' && value >= least && value <= most ? value : NOT_UNDERSTOOD;
const positive =
  (most: number): Read<number> =>
  (value) =>
    typeof value === 'number' && value > 0 && value <= most ? value : NOT_UNDERSTOOD;
const whole =
  (least: number, most = Number.MAX_SAFE_INTEGER): Read<number> =>
  (value) =>
    Number.isSafeInteger(value) ? within(least, most)(value) : NOT_UNDERSTOOD;
/** A longer text is cut, not refused: who wrote it is known by the rest. */
const text =
  (longest: number, shortest = 0): Read<string> =>
  (value) =>
    typeof value === 'string' && value.length >= shortest ? readable(value, longest) : NOT_UNDERSTOOD;
const yesOrNo: Read<boolean> = (value) => (typeof value === 'boolean' ? value : NOT_UNDERSTOOD);
const oneOf =
  <T extends string>(...words: readonly T[]): Read<T> =>
  (value) =>
    words.find((word) => word === value) ?? NOT_UNDERSTOOD;
const list =
  <T>(each: Read<T>, most: number): Read<readonly T[]> =>
  (value) => {
    if (!Array.isArray(value) || value.length > most) return NOT_UNDERSTOOD;
    const found = value.map(each);
    return found.some((one) => one === NOT_UNDERSTOOD) ? NOT_UNDERSTOOD : (found as T[]);
  };
const orNull =
  <T>(read: Read<T>): Read<T | null> =>
  (value) =>
    value === null ? null : read(value);
/** What an older worker does not say. */
const unless =
  <T>(absent: T, read: Read<T>): Read<T> =>
  (value) =>
    value === undefined ? absent : read(value);

const age = within(0, MAX_AGE_MS);
const count = unless(0, whole(0));
const optionalAge = unless(null, orNull(age));

const JOB: Form<StoredHeartbeat['active'][number]> = {
  id: text(LONGEST_ID),
  name: unless(null, orNull(text(LONGEST_NAME))),
  startedAgeMs: age,
  progressAgeMs: optionalAge,
  attempt: count,
  stuckAfterMs: unless(null, orNull(age)),
};

/** One heartbeat as whoever wrote it left it in Redis. */
const HEARTBEAT: Form<StoredHeartbeat> = {
  /** 1.0 said none. */
  wire: unless(1, whole(1)),
  version: unless(null, orNull(text(50))),
  bullmq: unless(null, orNull(text(50))),
  clock: unless('server', oneOf('server', 'script', 'own')),
  at: within(0, LATEST_MS),
  sentinel: unless(null, orNull(text(100))),
  id: text(LONGEST_ID, 1),
  named: unless(true, yesOrNo),
  incarnation: text(100, 1),
  sequence: count,
  queue: text(500),
  prefix: text(500),
  database: unless('', text(300)),
  host: unless(null, orNull(text(255))),
  pid: unless(null, orNull(whole(0, MAX_PID))),
  state: oneOf('running', 'paused', 'stopping', 'stopped'),
  watched: unless(false, yesOrNo),
  upForMs: age,
  intervalMs: positive(A_DAY_MS),
  timeoutMs: positive(A_DAY_MS),
  concurrency: unless(1, positive(1_000_000)),
  lockDurationMs: unless(30_000, positive(A_DAY_MS)),
  limiterMax: unless(null, orNull(positive(Number.MAX_VALUE))),
  everRan: unless(true, yesOrNo),
  active: unless([], list(asForm(JOB), MOST_LISTED)),
  activeCount: count,
  pickedUp: count,
  completed: count,
  failed: count,
  lastPickupAgeMs: optionalAge,
  lastCompletedAgeMs: optionalAge,
  recentFinished: count,
  recentFailed: count,
  failuresInARow: count,
  successesInARow: count,
  idleWhileWaitingMs: optionalAge,
  eventLoopDelayMs: unless(0, age),
  token: unless('', text(200)),
  skewMs: unless(0, within(-MAX_AGE_MS, MAX_AGE_MS)),
  canaries: unless([], list(text(100), 100)),
};
const readHeartbeat = asForm(HEARTBEAT);

/**
 * A heartbeat, as far as it is understood: of a thing that nobody knew of when this was written, a worker of a later
 * version has said nothing.
 */
export function understood(json: unknown): StoredHeartbeat | typeof NOT_UNDERSTOOD {
  const read = readHeartbeat(json);
  if (read !== NOT_UNDERSTOOD || !isLater(json)) return read;
  const known = Object.entries(json).filter(([name, value]) => {
    const each = (HEARTBEAT as Readonly<Record<string, Read<unknown>>>)[name];
    return each !== undefined && each(value) !== NOT_UNDERSTOOD;
  });
  return readHeartbeat(Object.fromEntries(known));
}

function asForm<T extends object>(form: Form<T>): Read<T> {
  const fields = Object.entries<Read<unknown>>(form);
  return (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return NOT_UNDERSTOOD;
    const found: Record<string, unknown> = {};
    for (const [name, read] of fields) {
      const each = read((value as Partial<Record<string, unknown>>)[name]);
      if (each === NOT_UNDERSTOOD) return NOT_UNDERSTOOD;
      found[name] = each;
    }
    return found as T;
  };
}

function isLater(json: unknown): json is object {
  const wire = (json as { readonly wire?: unknown } | null | undefined)?.wire;
  return typeof wire === 'number' && wire > WIRE_VERSION;
}

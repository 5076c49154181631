import type { Moment } from '../../kernel/index.js';
import { codeDefinition, type Code } from '../codes/index.js';
import { severity, type Status } from '../status.js';
import type { Answer, Counts } from './check.js';

/** What the board knows of one check. Plain data: it travels to other threads. */
export interface CheckRecord {
  readonly key: string;
  readonly counts: Counts;
  readonly status: Status;
  readonly code: Code;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
  readonly report: unknown;
  /** How long the last run took, null before the first. */
  readonly latencyMs: number | null;
  /** Epoch ms of the last answer, null before the first. */
  readonly checkedAt: number | null;
  /** Epoch ms since when the status has been what it is. */
  readonly since: number;
  /** Monotonic ms of the last answer, and until when it may be believed. */
  readonly answeredAt: number;
  readonly validUntil: number;
  readonly dependsOn: readonly string[];
  /** The check that is the root cause of this one's failure, null when there is none. */
  readonly because: string | null;
  /** Consecutive passes seen while a failure is not yet over. */
  readonly recovering: number;
}

/** A change of status or code, published once. */
export interface Transition {
  readonly check: string;
  readonly from: Status;
  readonly to: Status;
  readonly code: Code;
  readonly message: string;
  /** Epoch ms. */
  readonly at: number;
  /** How long the state before lasted, ms. */
  readonly lastedMs: number;
}

export interface Recorded {
  readonly record: CheckRecord;
  readonly transition: Transition | null;
}

interface Run {
  readonly answer: Answer;
  readonly latencyMs: number;
  readonly validUntil: number;
  readonly recoverAfter: number;
}

export function unanswered(
  check: { key: string; counts: Counts; dependsOn?: readonly string[] },
  validUntil: number,
  at: Moment,
): CheckRecord {
  return {
    key: check.key,
    counts: check.counts,
    status: 'fail',
    code: 'check.pending',
    message: codeDefinition('check.pending').message,
    details: {},
    report: undefined,
    latencyMs: null,
    checkedAt: null,
    since: at.now,
    answeredAt: at.mono,
    validUntil,
    dependsOn: check.dependsOn ?? [],
    because: null,
    recovering: 0,
  };
}

/** A failure counts at once; a recovery counts after `recoverAfter` consecutive answers that are no failure. */
export function record(before: CheckRecord, run: Run, at: Moment): Recorded {
  const { answer } = run;
  const status = codeDefinition(answer.code).status;
  const fresh = {
    latencyMs: Math.round(run.latencyMs),
    checkedAt: at.now,
    answeredAt: at.mono,
    validUntil: run.validUntil,
  };
  const mending = before.status === 'fail' && status !== 'fail' && before.checkedAt !== null;
  if (mending && before.recovering + 1 < run.recoverAfter) {
    return { record: { ...before, ...fresh, recovering: before.recovering + 1 }, transition: null };
  }
  const after: CheckRecord = {
    ...before,
    ...fresh,
    status,
    code: answer.code,
    message: answer.message,
    details: answer.details,
    report: answer.report,
    since: status === before.status && before.checkedAt !== null ? before.since : at.now,
    recovering: 0,
  };
  const changed = status !== before.status || answer.code !== before.code;
  return { record: after, transition: changed ? transitionOf(before, after, at.now) : null };
}

function transitionOf(before: CheckRecord, after: CheckRecord, now: number): Transition {
  return {
    check: after.key,
    from: before.status,
    to: after.status,
    code: after.code,
    message: after.message,
    at: now,
    lastedMs: Math.max(0, now - before.since),
  };
}

/** An answer too old to believe is a failure of its own; what it said before is kept as a detail. */
export function expire(before: CheckRecord, at: Moment): CheckRecord {
  if (at.mono <= before.validUntil) return before;
  // A check that never answered is still pending, however long it takes.
  if (before.code === 'check.stale' || before.checkedAt === null) return before;
  return {
    ...before,
    status: 'fail',
    code: 'check.stale',
    message: `No answer for ${Math.round((at.mono - before.answeredAt) / 1000)} s; it last said ${before.code}.`,
    details: { lastCode: before.code, lastMessage: before.message },
    since: at.now - Math.round(at.mono - before.validUntil),
    recovering: 0,
  };
}

/** Which check the board lacks, and what to do; null when it has all that its checks and its readers name. */
export function missingFrom(
  checks: readonly Pick<CheckRecord, 'key' | 'dependsOn'>[],
  needed: readonly string[],
): string | null {
  const keys = new Set(checks.map(({ key }) => key));
  const missing = needed.find((key) => !keys.has(key));
  if (missing !== undefined)
    return `/api/production/* shows the check "${missing}", which this process has not: import the module that provides it`;
  for (const { key, dependsOn } of checks) {
    const unknown = dependsOn.find((each) => !keys.has(each));
    if (unknown !== undefined)
      return `the check "${key}" depends on "${unknown}", which this process has not: correct its dependsOn, or import the module that provides "${unknown}" (there are: ${[...keys].sort().join(', ')})`;
  }
  return null;
}

/** Names the root cause of every check that is not well, and puts causes before what they cause. */
export function withCauses(records: readonly CheckRecord[]): readonly CheckRecord[] {
  const byKey = new Map(records.map((each) => [each.key, each]));
  const caused = records.map((each) => {
    const because = each.status === 'pass' ? null : rootOf(each, byKey);
    return because === each.because ? each : { ...each, because };
  });
  return caused.sort(
    (a, b) =>
      severity(b.status) - severity(a.status) || Number(a.because !== null) - Number(b.because !== null),
  );
}

function rootOf(start: CheckRecord, byKey: ReadonlyMap<string, CheckRecord>): string | null {
  const seen = new Set([start.key]);
  let root: string | null = null;
  for (let current: CheckRecord | undefined = start; current !== undefined;) {
    const cause: CheckRecord | undefined = current.dependsOn
      .map((key) => byKey.get(key))
      .find((each) => each?.status === 'fail' && !seen.has(each.key));
    if (cause === undefined) return root;
    seen.add(cause.key);
    root = cause.key;
    current = cause;
  }
  return root;
}

import type { HealthIndicatorResult, HealthIndicatorService } from '@nestjs/terminus';
import { messageOf, type Outcome } from '../kernel/index.js';
import type { Answer, Check } from './board/check.js';
import { codeDefinition, isCode, type Code } from './codes/index.js';
import type { Reports } from './platform/reports.js';
import type { Status } from './status.js';

interface AnswerParts<Key extends string> {
  readonly message?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly report?: Key extends keyof Reports ? Reports[Key] : undefined;
}

/** What `HealthIndicatorService.check(key)` of Terminus answers. */
type Indicator<Key extends string> = ReturnType<typeof HealthIndicatorService.prototype.check<Key>>;

/** Views and the thread of the probes take a report as it is: only one that `answer` was given is taken for one. */
const reports = new WeakSet();

/**
 * A Terminus result that carries a code: how every check of Probity answers. The status is the registry's.
 * The message is for operators; the registry's public text is used when there is none.
 *
 * @example
 * ```ts
 * import { HealthIndicatorService } from '@nestjs/terminus';
 * import { answer, defineCodes, healthy } from '@probity/nest';
 *
 * const codes = defineCodes(
 *   { runbook: 'https://bakery.example/runbook', target: 'self' },
 *   { 'bakery.warm': healthy('The oven is warm.') },
 * );
 *
 * declare global {
 *   namespace Probity {
 *     interface Codes extends Record<keyof typeof codes, true> {}
 *   }
 * }
 *
 * const indicator = new HealthIndicatorService().check('oven');
 * answer(indicator, 'bakery.warm').oven?.status; // → 'up'
 * ```
 */
export function answer<const Key extends string>(
  indicator: Indicator<Key>,
  code: Code,
  parts: AnswerParts<Key> = {},
): HealthIndicatorResult {
  if (parts.report !== undefined) reports.add(parts.report);
  const definition = codeDefinition(code);
  const data = {
    code,
    message: parts.message ?? definition.message,
    details: parts.details ?? {},
    ...(parts.report === undefined ? {} : { report: parts.report }),
  };
  switch (definition.status) {
    case 'pass':
      return indicator.up(data);
    case 'warn':
      return degraded(indicator, data);
    case 'fail':
      return indicator.down(data);
  }
}

/** Terminus 11 knows no such status, and its result is as good without it: it is read by the board. */
function degraded<Key extends string>(
  indicator: Indicator<Key>,
  data: Record<string, unknown>,
): HealthIndicatorResult {
  if (typeof indicator.degraded === 'function') return indicator.degraded(data);
  const [key = ''] = Object.keys(indicator.up());
  return { [key]: { ...data, status: 'degraded' } } as unknown as HealthIndicatorResult;
}

/** What came of a run. An answer of a stranger that cannot even be looked at is one that threw. */
export function readOutcome(
  check: Pick<Check, 'key' | 'deadlineMs' | 'timeoutCode'>,
  outcome: Outcome<unknown>,
): Answer {
  try {
    switch (outcome.kind) {
      case 'answered':
        return readIndicator(check.key, outcome.value);
      case 'threw':
        return readThrown(check.key, outcome.error);
      case 'timed-out': {
        const code = check.timeoutCode ?? 'check.timeout';
        const message = `${codeDefinition(code).message} (${check.key}: no answer within ${check.deadlineMs} ms)`;
        return { code, message, details: { deadlineMs: check.deadlineMs } };
      }
    }
  } catch (error) {
    return readThrown(check.key, error);
  }
}

const FOREIGN: Readonly<Record<string, { status: Status; code: Code }>> = {
  up: { status: 'pass', code: 'check.up' },
  degraded: { status: 'warn', code: 'check.degraded' },
  down: { status: 'fail', code: 'check.down' },
};

/** Reads any Terminus result. What is not understood is a failure: unknown is never healthy. */
export function readIndicator(key: string, result: unknown): Answer {
  const entry: unknown = isRecord(result) ? (result[key] ?? Object.values(result)[0]) : undefined;
  if (!isRecord(entry)) return unknownAnswer(`${key} answered with no result`);
  const { status, code, message, details, report, ...rest } = entry;
  const known = typeof status === 'string' ? FOREIGN[status] : undefined;
  if (known === undefined)
    return unknownAnswer(`${key} answered with the unknown status ${JSON.stringify(status)}`);
  if (isCode(code) && codeDefinition(code).status !== known.status)
    return unknownAnswer(`${key} said ${String(status)} with ${code}`);
  const reason = isCode(code) ? code : known.code;
  const isReport = isRecord(report) && reports.has(report);
  return {
    code: reason,
    message: typeof message === 'string' && message !== '' ? message : codeDefinition(reason).message,
    // What a stranger calls a code is a detail of its answer.
    details: {
      ...(isCode(code) || code === undefined ? {} : { code }),
      ...(isReport || report === undefined ? {} : { report }),
      ...(isRecord(details) ? details : rest),
    },
    ...(isReport ? { report } : {}),
  };
}

/** An indicator of Terminus's older style throws its result; this finds it. */
export function readThrown(key: string, error: unknown): Answer {
  const causes = isRecord(error) && isRecord(error['causes']) ? error['causes'] : undefined;
  if (causes !== undefined && isRecord(causes[key])) return readIndicator(key, causes);
  const text = messageOf(error);
  return {
    code: 'check.threw',
    message: text === '' ? codeDefinition('check.threw').message : text,
    details: {},
  };
}

function unknownAnswer(message: string): Answer {
  return { code: 'check.unknown_status', message, details: {} };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

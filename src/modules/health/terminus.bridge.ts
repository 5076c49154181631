import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { messageOf, type Outcome } from '../kernel/index.js';
import type { Answer, Check } from './board/check.js';
import { codeDefinition, isCode, type Code } from './codes/index.js';
import type { Status } from './status.js';

interface AnswerParts {
  readonly message?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  readonly report?: unknown;
}

const indicators = new HealthIndicatorService();

/**
 * A Terminus result that carries a code: how every check of Probity answers. The status is the registry's.
 * The message is for operators; the registry's public text is used when there is none.
 */
export function answer(key: string, code: Code, parts: AnswerParts = {}): HealthIndicatorResult {
  const definition = codeDefinition(code);
  const data = {
    code,
    message: parts.message ?? definition.message,
    details: parts.details ?? {},
    ...(parts.report === undefined ? {} : { report: parts.report }),
  };
  const session = indicators.check(key);
  switch (definition.status) {
    case 'pass':
      return session.up(data);
    case 'warn':
      return session.degraded(data);
    case 'fail':
      return session.down(data);
  }
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
  if (!isRecord(entry)) return misunderstood(`${key} answered with no result`);
  const { status, code, message, details, report, ...rest } = entry;
  const known = typeof status === 'string' ? FOREIGN[status] : undefined;
  if (known === undefined)
    return misunderstood(`${key} answered with the unknown status ${JSON.stringify(status)}`);
  if (isCode(code) && codeDefinition(code).status !== known.status)
    return misunderstood(`${key} said ${String(status)} with ${code}`);
  const reason = isCode(code) ? code : known.code;
  return {
    code: reason,
    message: typeof message === 'string' && message !== '' ? message : codeDefinition(reason).message,
    // What a stranger calls a code is a detail of its answer.
    details: {
      ...(isCode(code) || code === undefined ? {} : { code }),
      ...(isRecord(details) ? details : rest),
    },
    // A report is taken as it is, by views and by the thread of the probes: only who knows our codes has one.
    ...(isCode(code) && report !== undefined ? { report } : {}),
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

function misunderstood(message: string): Answer {
  return { code: 'check.unknown_status', message, details: {} };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

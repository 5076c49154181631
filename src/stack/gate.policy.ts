import { codeDefinition, isCode, MONITORING, runbookOf, type Code } from '../modules/health/codes/index.js';
import '../modules/queue/queue.codes.js';
import { redisCodes } from '../modules/redis/redis.codes.js';

/** What the api said of its queue. */
export interface QueueAnswer {
  /** `checks.queue` of `/api/production/ready`; null when the api did not answer. */
  readonly open: boolean | null;
  /** Of `/readyz/queue`, asked at the same moment or a little later; null when it did not answer. */
  readonly status: string | null;
  readonly code: string | null;
  readonly message: string;
}

export type GateDecision =
  | { readonly kind: 'open' }
  | { readonly kind: 'wait'; readonly why: string }
  /** `code` names the section of the runbook. */
  | { readonly kind: 'abort'; readonly code: string; readonly reason: string; readonly fix: string };

/** While the answer of the api turns. */
const TURNING_MS = 10_000;
/** There is no Redis: ours is brought back by its supervisor, one of somebody else is not, and nobody waits for it. */
const GONE: ReadonlySet<string> = new Set<Code>(['redis.unreachable', 'redis.connect_timeout']);
const OURS_COMES_BACK_WITHIN_MS = 15_000;
const NO_ANSWER_WITHIN_MS = 30_000;

/** Whether the stack goes on behind the queue's gate. `waitedMs` counts from the first question. */
export function decideGate(verdict: QueueAnswer, waitedMs: number, ownRedis: boolean): GateDecision {
  if (verdict.open === true) return { kind: 'open' };
  if (verdict.open === null || verdict.code === null) {
    if (waitedMs < NO_ANSWER_WITHIN_MS) return { kind: 'wait', why: 'the api does not answer yet' };
    return {
      kind: 'abort',
      code: 'check.timeout',
      reason: `the api did not say within ${NO_ANSWER_WITHIN_MS / 1000} s how its queue is: ${verdict.message}`,
      fix: 'Look at its log, .data/logs/api.log.',
    };
  }
  const { code, message, status } = verdict;
  // Between the two questions the check turned: the next look shows it.
  const passesWithin = status === 'fail' ? patienceWith(code, ownRedis) : TURNING_MS;
  if (waitedMs < passesWithin) return { kind: 'wait', why: `${code}: ${message}` };
  return {
    kind: 'abort',
    code,
    reason: `the queue is not durable: ${message} (${code})`,
    fix: fixOf(code, ownRedis),
  };
}

/** What does not pass by itself is final at once. */
function patienceWith(code: string, ownRedis: boolean): number {
  const comesBack = ownRedis && GONE.has(code) ? OURS_COMES_BACK_WITHIN_MS : 0;
  return Math.max(comesBack, isCode(code) ? codeDefinition(code).passesWithinMs : 0);
}

/** What to do about a queue that is not ready for this reason. */
export function fixOf(code: string, ownRedis: boolean): string {
  const fix = knownFix(code);
  if (ownRedis) return fix === undefined || GONE.has(code) ? 'Look at its log, .data/logs/redis.log.' : fix;
  // Of an api that is newer.
  if (fix === undefined) return fixOf('redis.unreachable', false);
  if (!Object.hasOwn(redisCodes, code)) return fix;
  return `${fix.replace(/\.$/, '')}, or unset REDIS_URL (and QUEUE_REDIS_*): dev:stack then brings a Redis of its own.`;
}

function knownFix(code: string): string | undefined {
  const known = isCode(code) ? codeDefinition(code) : undefined;
  return known === undefined || known.status === 'pass' ? undefined : known.fix;
}

/** Where the runbook says more of it. */
export function sectionOf(code: string): string {
  return isCode(code) ? runbookOf(code) : MONITORING;
}

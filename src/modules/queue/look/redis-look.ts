import type { RedisFailure } from '../../redis/index.js';
import type { RedisConfig } from '../durability/durability.assess.js';

/** What one look at Redis brought. */
export interface RedisLook {
  /** Null when the write was taken. */
  readonly failure: RedisFailure | null;
  /** The text of INFO, null when it was refused or did not come. */
  readonly info: string | null;
  readonly latencyMs: number | null;
  /** Without what this process itself kept the answer waiting; null when the write was not taken. */
  readonly tookMs: number | null;
  /** Of the queues that are named, what lies beside their data; empty when nothing came back. */
  readonly queues: ReadonlyMap<string, SeenQueue>;
  /** Undefined when it was not asked, null when Redis refused. */
  readonly config: RedisConfig | null | undefined;
  /** It needed a new connection, and that came about. */
  readonly reconnected: boolean;
}

export interface SeenQueue {
  /** Null when there is no stamp. */
  readonly sentinel: string | null;
  /** BullMQ's counter of jobs; 0 when there is none. */
  readonly lastId: number;
}

/** What came back so far. */
export interface Replies {
  info?: string | RedisFailure;
  /** Of the write into the first queue, or of the question that stands for it where none is named. */
  canary?: 'taken' | RedisFailure;
  canaryMs?: number;
  tookMs?: number;
  config?: RedisConfig | null;
}

export const NOTHING_SEEN = {
  info: null,
  latencyMs: null,
  tookMs: null,
  queues: new Map<string, SeenQueue>(),
  config: undefined,
  reconnected: false,
} as const;

/** `refusal`: of a queue that was written to in its turn. */
export function lookOf(
  { info, canary, canaryMs, tookMs, config }: Replies,
  queues: ReadonlyMap<string, SeenQueue>,
  refusal: RedisFailure | null,
  deadlineMs: number,
): RedisLook {
  const text = typeof info === 'string' ? info : null;
  if (canary !== 'taken')
    return { ...NOTHING_SEEN, info: text, config, failure: canary ?? unanswered(info, deadlineMs) };
  return {
    failure: refusal,
    info: text,
    latencyMs: Math.round(canaryMs ?? 0),
    tookMs: tookMs ?? null,
    queues,
    config,
    reconnected: false,
  };
}

/** The write got no answer. Whether the read did tells a Redis that holds back writes from one that is frozen. */
function unanswered(info: Replies['info'], deadlineMs: number): RedisFailure {
  if (typeof info === 'object') return info;
  if (info === undefined)
    return { code: 'redis.timeout', text: `no answer within ${deadlineMs} ms`, disconnected: false };
  const text = `reads are answered, a write was not within ${deadlineMs} ms`;
  return { code: 'redis.writes_paused', text, disconnected: false };
}

import type { Redis } from 'ioredis';
import { monotonic, withDeadline, withOwnTime, type LoopLateness } from '../../kernel/index.js';
import { connectWatch, redisFailure, type RedisFailure } from '../../redis/index.js';
import { probityKey, queueKey, stampKey } from '../keys.js';
import { primaryQueue } from '../primary-queue.js';
import type { RedisConfig } from '../durability/durability.assess.js';
import type { QueueOptions } from '../queue.options.js';
import { readConfig } from './read-config.js';
import { QUEUE_KEY_TYPES, DRY_RUN_KEYS, DRY_RUN_SCRIPT } from './dry-run.script.js';
import { withheldCommands } from './withheld.js';
import { CANARY_LIFETIME_MS, WRITE_CANARY_SCRIPT } from './write-canary.script.js';

/** What one look at Redis brought. */
export interface RedisLook {
  /** Null when the write was taken. */
  readonly failure: RedisFailure | null;
  /** The text of INFO, null when it was refused or did not come. */
  readonly info: string | null;
  readonly latencyMs: number | null;
  /** Without what this process itself kept the answer waiting; null when the write was not taken. */
  readonly tookMs: number | null;
  readonly sentinel: string | null;
  readonly lastId: number;
  /** Undefined when it was not asked, null when Redis refused. */
  readonly config: RedisConfig | null | undefined;
  /** It needed a new connection, and that came about. */
  readonly reconnected: boolean;
}

interface Replies {
  info?: string | RedisFailure;
  canary?: readonly (string | null)[] | RedisFailure;
  canaryMs?: number;
  tookMs?: number;
  config?: RedisConfig | null;
}

const CONFIG_EVERY_MS = 5000;
/** What would refuse BullMQ as well. Of anything else the look itself is the judge. */
const DRY_RUN_PROVES = /\bWRONGTYPE\b|unknown (redis )?command/i;
const DRY_RUN_ZSET = DRY_RUN_KEYS.indexOf('zset');
const NOTHING = {
  info: null,
  latencyMs: null,
  tookMs: null,
  sentinel: null,
  lastId: 0,
  config: undefined,
  reconnected: false,
} as const;

/**
 * Looks at Redis as a producer would, on a connection of its own that stays open from look to look: a mere loss
 * of it is told to `onLost` and is no failure, for the next look makes a new one.
 */
export class QueueLook {
  private warm: Redis | undefined;
  private closed = false;
  private configAt = -Infinity;
  private persistence: string | undefined;
  private readonly keys: readonly [string, string, string];
  private readonly dryRunOf: { readonly keys: readonly string[]; readonly types: readonly string[] };

  constructor(
    private readonly options: QueueOptions,
    private readonly value: string,
    private readonly onLost: () => void,
  ) {
    const queue = primaryQueue(options);
    this.keys = [
      probityKey(options, queue, 'canary'),
      stampKey(options, queue),
      queueKey(options, queue, 'id'),
    ];
    const own = DRY_RUN_KEYS.map((name) => probityKey(options, queue, 'rehearsal', name));
    const theirs = Object.keys(QUEUE_KEY_TYPES).map((name) => queueKey(options, queue, name));
    this.dryRunOf = { keys: [...own, ...theirs], types: Object.values(QUEUE_KEY_TYPES) };
  }

  /** One look. Answers within the deadline, and has destroyed the connection when that did not answer. */
  async look(deadlineMs: number, signal: AbortSignal): Promise<RedisLook> {
    const due = monotonic() + deadlineMs;
    const left = () => Math.max(1, Math.ceil(due - monotonic()));
    if (this.warm !== undefined) {
      const look = await this.exchange(this.warm, left(), signal);
      if (look.failure?.disconnected !== true) return look;
      this.drop();
    }
    const connected = await connectWatch(this.options.redis, 'probity:check', left(), signal);
    if (connected.kind === 'failed') return { ...NOTHING, failure: connected.failure };
    this.keep(connected.redis);
    return { ...(await this.exchange(connected.redis, left(), signal)), reconnected: true };
  }

  /** Does a new connection work, with the credentials of now? Null when it does. */
  async freshConnection(deadlineMs: number, signal: AbortSignal): Promise<RedisFailure | null> {
    const connected = await connectWatch(this.options.redis, 'probity:knock', deadlineMs, signal);
    if (connected.kind === 'failed') return connected.failure;
    const pong = await withOwnTime(deadlineMs, () => connected.redis.ping());
    connected.redis.disconnect();
    return pong.kind === 'threw' ? redisFailure(pong.error) : null;
  }

  /** Would everything that a job needs be permitted? Null when it would, or nobody can tell. */
  async dryRun(deadlineMs: number): Promise<RedisFailure | null> {
    const { warm } = this;
    if (warm === undefined) return null;
    const { keys, types } = this.dryRunOf;
    const outcome = await withDeadline(deadlineMs, async () => {
      await warm.eval(DRY_RUN_SCRIPT, keys.length, ...keys, ...types);
      // What a worker waits with, which no script may call; the key is gone, so it waits for its 10 ms.
      await warm.bzpopmin(keys[DRY_RUN_ZSET] ?? '', 0.01);
    });
    if (outcome.kind !== 'threw') return null;
    const failure = redisFailure(outcome.error);
    return failure.code === 'redis.not_permitted' || DRY_RUN_PROVES.test(failure.text) ? failure : null;
  }

  /** Which commands Redis withholds that the queue can do without; null when it cannot be told. */
  async withheld(deadlineMs: number): Promise<readonly string[] | null> {
    const { warm } = this;
    if (warm === undefined) return null;
    const outcome = await withDeadline(deadlineMs, () => withheldCommands(warm));
    return outcome.kind === 'answered' ? outcome.value : null;
  }

  /** Puts a stamp where none is; whoever comes first wins. Never rejects. */
  async stamp(value: string): Promise<void> {
    const { warm } = this;
    if (warm !== undefined) await warm.set(this.keys[1], value, 'NX').catch(() => undefined);
  }

  close(): void {
    this.closed = true;
    this.drop();
  }

  private async exchange(redis: Redis, deadlineMs: number, signal: AbortSignal): Promise<RedisLook> {
    const replies: Replies = {};
    const abort = () => this.drop();
    signal.addEventListener('abort', abort, { once: true });
    const outcome = await withOwnTime(deadlineMs, (_, loop) => this.ask(redis, replies, loop));
    signal.removeEventListener('abort', abort);
    if (outcome.kind === 'timed-out') this.drop();
    return lookOf(replies, deadlineMs);
  }

  /** All at once: the time to the last reply is one round trip. */
  private async ask(redis: Redis, replies: Replies, loop: LoopLateness): Promise<void> {
    const began = monotonic();
    const configDue = began - this.configAt >= CONFIG_EVERY_MS;
    if (configDue) this.configAt = began;
    const readSettings = async () => {
      const found = await readConfig(redis);
      if (found !== undefined) replies.config = found;
    };
    const info = redis.info().then(
      async (text) => {
        replies.info = text;
        // Half of an answer is no answer: the settings belong to the persistence that INFO tells of.
        if (this.persistenceChanged(text) && !configDue) await readSettings();
      },
      (error: unknown) => void (replies.info = redisFailure(error)),
    );
    // Sent as BullMQ sends its scripts, by EVALSHA first.
    const { probityCanary } = redis as Redis & {
      probityCanary: (...args: (string | number)[]) => Promise<unknown>;
    };
    const canary = probityCanary.call(redis, ...this.keys, this.value, CANARY_LIFETIME_MS).then(
      (values) => {
        replies.canary = values as (string | null)[];
        replies.canaryMs = monotonic() - began;
        replies.tookMs = Math.max(0, replies.canaryMs - loop.lateMs());
      },
      (error: unknown) => void (replies.canary = redisFailure(error)),
    );
    const config = configDue ? readSettings() : null;
    await Promise.all([info, canary, config]);
  }

  private persistenceChanged(info: string): boolean {
    const before = this.persistence;
    this.persistence = /^aof_enabled:.*$/m.exec(info)?.[0];
    return before !== undefined && before !== this.persistence;
  }

  private keep(redis: Redis): void {
    if (this.closed) return redis.disconnect();
    this.warm = redis;
    redis.defineCommand('probityCanary', { numberOfKeys: 3, lua: WRITE_CANARY_SCRIPT });
    this.configAt = -Infinity;
    redis.once('close', () => {
      if (this.warm !== redis) return;
      this.warm = undefined;
      this.onLost();
    });
  }

  private drop(): void {
    const { warm } = this;
    this.warm = undefined;
    warm?.disconnect();
  }
}

function lookOf({ info, canary, canaryMs, tookMs, config }: Replies, deadlineMs: number): RedisLook {
  const text = typeof info === 'string' ? info : null;
  if (canary instanceof Array) {
    const [sentinel = null, lastId = null] = canary;
    const latencyMs = Math.round(canaryMs ?? 0);
    return {
      failure: null,
      info: text,
      latencyMs,
      tookMs: tookMs ?? null,
      sentinel,
      lastId: Number(lastId ?? 0),
      config,
      reconnected: false,
    };
  }
  return { ...NOTHING, info: text, config, failure: canary ?? unanswered(info, deadlineMs) };
}

/** The write got no answer. Whether the read did tells a Redis that holds back writes from one that is frozen. */
function unanswered(info: Replies['info'], deadlineMs: number): RedisFailure {
  if (typeof info === 'object') return info;
  if (info === undefined)
    return { code: 'redis.timeout', text: `no answer within ${deadlineMs} ms`, disconnected: false };
  const text = `reads are answered, a write was not within ${deadlineMs} ms`;
  return { code: 'redis.writes_paused', text, disconnected: false };
}

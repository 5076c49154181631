import type { Redis } from 'ioredis';
import { monotonic, withDeadline, withOwnTime, type LoopLateness } from '../../kernel/index.js';
import { connectWatch, isWithheld, redisFailure, type RedisFailure } from '../../redis/index.js';
import { probityKey, queueKey, stampKey } from '../keys.js';
import type { QueueOptions } from '../queue.options.js';
import { lookOf, NOTHING_SEEN, type RedisLook, type Replies, type SeenQueue } from './redis-look.js';
import { CanaryTurns } from './canary-turns.js';
import { readConfig } from './read-config.js';
import { QUEUE_KEY_TYPES, DRY_RUN_KEYS, DRY_RUN_SCRIPT } from './dry-run.script.js';
import { withheldCommands } from './withheld.js';
import { CANARY_LIFETIME_MS, WRITE_CANARY_SCRIPT } from './write-canary.script.js';

const CONFIG_EVERY_MS = 5000;
/** Of the queues after the first, so many are written to in one look, in turn; the rest is only read. */
const OTHERS_AT_ONCE = 4;
/** What would refuse BullMQ as well. Of anything else the look itself is the judge. */
const DRY_RUN_PROVES = /\bWRONGTYPE\b/;
const DRY_RUN_ZSET = DRY_RUN_KEYS.indexOf('zset');
/**
 * Looks at Redis as a producer would, on a connection of its own that stays open from look to look: a mere loss
 * of it is told to `onLost` and is no failure, for the next look makes a new one.
 */
export class QueueLook {
  private warm: Redis | undefined;
  private closed = false;
  private configAt = -Infinity;
  private persistence: string | undefined;
  private readonly turns: CanaryTurns;

  constructor(
    private readonly options: QueueOptions,
    private readonly value: string,
    private readonly onLost: () => void,
  ) {
    this.turns = new CanaryTurns(options.names, OTHERS_AT_ONCE);
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
    if (connected.kind === 'failed') return { ...NOTHING_SEEN, failure: connected.failure };
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

  /** Would everything that a job of this queue needs be permitted? Null when it would, or nobody can tell. */
  async dryRun(queue: string, deadlineMs: number): Promise<RedisFailure | null> {
    const { warm } = this;
    if (warm === undefined) return null;
    const own = DRY_RUN_KEYS.map((name) => probityKey(this.options, queue, 'rehearsal', name));
    const theirs = Object.keys(QUEUE_KEY_TYPES).map((name) => queueKey(this.options, queue, name));
    const keys = [...own, ...theirs];
    const outcome = await withDeadline(deadlineMs, async () => {
      await warm.eval(DRY_RUN_SCRIPT, keys.length, ...keys, ...Object.values(QUEUE_KEY_TYPES));
      // What a worker waits with, which no script may call; the key is gone, so it waits for its 10 ms.
      await warm.bzpopmin(own[DRY_RUN_ZSET] ?? '', 0.01);
    });
    if (outcome.kind !== 'threw') return null;
    const failure = redisFailure(outcome.error);
    return isWithheld(outcome.error) || DRY_RUN_PROVES.test(failure.text) ? failure : null;
  }

  /** Which commands Redis withholds that the queue can do without; null when it cannot be told. */
  async withheld(deadlineMs: number): Promise<readonly string[] | null> {
    const { warm } = this;
    if (warm === undefined) return null;
    const outcome = await withDeadline(deadlineMs, () => withheldCommands(warm));
    return outcome.kind === 'answered' ? outcome.value : null;
  }

  /** Puts a stamp where none is; whoever comes first wins. Never rejects. */
  async stamp(queue: string, value: string): Promise<void> {
    const { warm } = this;
    if (warm !== undefined) await warm.set(stampKey(this.options, queue), value, 'NX').catch(() => undefined);
  }

  close(): void {
    this.closed = true;
    this.drop();
  }

  private async exchange(redis: Redis, deadlineMs: number, signal: AbortSignal): Promise<RedisLook> {
    const replies: Replies = {};
    const queues = new Map<string, SeenQueue>();
    const abort = () => this.drop();
    signal.addEventListener('abort', abort, { once: true });
    const outcome = await withOwnTime(deadlineMs, (_, loop) => this.ask(redis, replies, queues, loop));
    signal.removeEventListener('abort', abort);
    if (outcome.kind === 'timed-out') this.drop();
    return lookOf(replies, queues, this.turns.refusal(), deadlineMs);
  }

  /** All at once: the time to the last reply is one round trip. */
  private async ask(
    redis: Redis,
    replies: Replies,
    queues: Map<string, SeenQueue>,
    loop: LoopLateness,
  ): Promise<void> {
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
    const { primary, others, rest } = this.turns.next();
    const canary = (primary === null ? redis.ping() : this.write(redis, primary, queues)).then(
      () => {
        replies.canary = 'taken';
        replies.canaryMs = monotonic() - began;
        replies.tookMs = Math.max(0, replies.canaryMs - loop.lateMs());
      },
      (error: unknown) => void (replies.canary = redisFailure(error)),
    );
    // What one of the others is refused is its own.
    const further = others.map((queue) =>
      this.write(redis, queue, queues).then(
        () => this.turns.taken(queue),
        (error: unknown) => this.turns.refused(queue, redisFailure(error)),
      ),
    );
    const config = configDue ? readSettings() : null;
    await Promise.all([info, canary, config, ...further, this.read(redis, rest, queues)]);
  }

  /** Sent as BullMQ sends its scripts, by EVALSHA first. */
  private async write(redis: Redis, queue: string, queues: Map<string, SeenQueue>): Promise<void> {
    const { probityCanary } = redis as Redis & {
      probityCanary: (...args: (string | number)[]) => Promise<(string | null)[]>;
    };
    const keys = [probityKey(this.options, queue, 'canary'), ...besideOf(this.options, queue)];
    queues.set(queue, seenQueue(await probityCanary.call(redis, ...keys, this.value, CANARY_LIFETIME_MS)));
  }

  /** All of them by one command. What it is refused shows when it is their turn. */
  private async read(redis: Redis, rest: readonly string[], queues: Map<string, SeenQueue>): Promise<void> {
    if (rest.length === 0) return;
    const values = await redis.mget(rest.flatMap((queue) => besideOf(this.options, queue))).catch(() => null);
    if (values === null) return;
    for (const [index, queue] of rest.entries())
      queues.set(queue, seenQueue(values.slice(2 * index, 2 * index + 2)));
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

/** What lies beside the data of a queue: its stamp, and BullMQ's counter of jobs. */
function besideOf(options: QueueOptions, queue: string): readonly [string, string] {
  return [stampKey(options, queue), queueKey(options, queue, 'id')];
}

function seenQueue([sentinel = null, lastId = null]: readonly (string | null)[]): SeenQueue {
  return { sentinel, lastId: Number(lastId ?? 0) };
}

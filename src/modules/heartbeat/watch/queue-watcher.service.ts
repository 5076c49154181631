import { Inject, Injectable, Logger, Optional, type OnApplicationShutdown } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { Board, type Code } from '../../health/index.js';
import { WATCHING, type Watching } from '../../forecast/index.js';
import { monotonic } from '../../kernel/index.js';
import { QUEUE_OPTIONS, QueueDiscovery, type QueueOptions } from '../../queue/index.js';
import { createRedis, WatchConnection } from '../../redis/index.js';
import type { Limits, QueueEvidence } from '../assess/evidence.js';
import type { WatchOptions } from '../assess/watch.state.js';
import type { Heartbeat } from '../heartbeat.js';
import { HEARTBEAT_OPTIONS, type HeartbeatOptions } from '../heartbeat.options.js';
import { livesWithoutChannel } from '../read/presence-of-lives.js';
import { RoundReader } from '../read/round.js';
import { areMany, COMMANDS_A_SECOND, commandsLeft, dueQueues, type Made } from './looks-plan.policy.js';
import { WatchedQueue } from './watched-queue.js';

export const WORKER_CHECK = 'worker';
/** So long what was seen is believed, while no look ends. */
export const BELIEVED_MS = 10_000;
/** Other checks use the look of the `worker` check, so that they cost Redis nothing, and believe it a little longer. */
const TOO_OLD_MS = BELIEVED_MS + 2000;
/** SCANs of one look: before all keys were gone through once, and from then on. */
const SCANS = { first: 20, later: 2 };

const NEWS_KEPT = 10;

/** A queue that nobody has named has come, or is there no more. */
export interface QueueNews {
  readonly queue: string;
  readonly what: 'found' | 'gone';
  /** ISO 8601. */
  readonly at: string;
}

/** What is known of one queue. It may be old: `ageMs` since its own look, as of the last look at any. */
export interface KnownQueue {
  readonly evidence: QueueEvidence;
  readonly named: boolean;
  readonly ageMs: number;
}

/** Looks at the queues, and remembers what was seen of them and of their workers. */
@Injectable()
export class QueueWatcher implements OnApplicationShutdown {
  readonly limits: Limits;
  private readonly logger = new Logger('Queues');
  private readonly prefix: string;
  private readonly connection: WatchConnection;
  private readonly rounds: RoundReader;
  private readonly discovery: QueueDiscovery | null;
  private readonly patience: WatchOptions;
  /** By name, those that are named first. */
  private readonly queues: Map<string, WatchedQueue>;
  private told: readonly QueueNews[] = [];
  private looked: boolean;
  private lookedAt = -Infinity;
  private commands = COMMANDS_A_SECOND;
  private spentAt = -Infinity;

  constructor(
    @Inject(QUEUE_OPTIONS) { driver, names, prefix, redis }: QueueOptions,
    @Inject(HEARTBEAT_OPTIONS) options: HeartbeatOptions,
    board: Board,
    @Optional() @Inject(WATCHING) watching?: Watching,
  ) {
    this.limits = options;
    this.prefix = prefix;
    // In memory there is nothing to look at.
    this.looked = driver === 'inmemory';
    this.connection = new WatchConnection(
      () => createRedis(redis, 'watch', { connectionName: 'probity:check:worker' }),
      () => board.poke(WORKER_CHECK),
    );
    this.rounds = new RoundReader(prefix);
    this.discovery = options.discovers ? new QueueDiscovery({ prefix, patterns: ['*'] }) : null;
    this.patience = { tooMany: options.backlogWarn, watching };
    this.queues = new Map(names.map((queue) => [queue, this.watched(queue, true)]));
  }

  /** Whether a look has ended, well or not: before, nothing is known and nothing is wrong. */
  get hasLooked(): boolean {
    return this.looked;
  }

  /** What a check says that lives on these looks, while there is none to be believed; else null. */
  unseen(unknown: Code): Code | null {
    if (!this.looked) return 'check.pending';
    return this.ageMs() > TOO_OLD_MS ? unknown : null;
  }

  /** Which queues were found and which are gone, the newest first. */
  get news(): readonly QueueNews[] {
    return this.told;
  }

  /** Names of queues that were found and are not looked at, for there are too many. */
  get beyond(): number {
    return this.discovery?.beyond ?? 0;
  }

  /** Whether all keys have been gone through, so that every queue there is has been found; so without discovery. */
  get foundAll(): boolean {
    return this.discovery === null || this.discovery.wholeAt !== null;
  }

  /** One look. Rejects with the driver's error; the connection is gone then, as it is on abort. */
  async look(signal: AbortSignal): Promise<void> {
    try {
      await this.connection.use(signal, async (redis, reconnected) => {
        if (reconnected) for (const each of this.queues.values()) each.missed();
        await Promise.all([this.lookAt(redis, signal), this.discover(redis)]);
      });
    } finally {
      this.looked = true;
    }
  }

  private async lookAt(redis: Redis, signal: AbortSignal): Promise<void> {
    const mono = monotonic();
    const all = [...this.queues.values()];
    const round = await this.rounds.begin(redis, mono, { silent: all.some((each) => each.silent) });
    const many = areMany(all.length);
    const candidates = all.map((each) => each.candidate);
    this.commands = commandsLeft(this.commands, mono - this.spentAt);
    this.spentAt = mono;
    const due = new Set(dueQueues(candidates, mono, this.commands));
    // Whoever has gone is not waited for.
    for (const queue of await this.abandoned(redis, due)) due.add(queue);
    await Promise.all(
      [...due].map(async (queue) => await this.queues.get(queue)?.look(redis, round, many, signal)),
    );
    const spent = candidates.reduce((sum, { queue, cost }) => sum + (due.has(queue) ? cost : 0), 0);
    this.commands = Math.max(0, this.commands - spent);
    if (!signal.aborted) this.lookedAt = mono;
  }

  /** Of the queues that are not due, those of which a worker is no longer heard, by one question for all. */
  private async abandoned(redis: Redis, due: ReadonlySet<string>): Promise<readonly string[]> {
    const lives = [...this.queues].flatMap(([queue, each]) =>
      due.has(queue) ? [] : each.lives.map((life) => ({ ...life, queue })),
    );
    const gone = (await livesWithoutChannel(redis, this.prefix, lives)) ?? [];
    return gone.map(({ queue }) => queue);
  }

  private async discover(redis: Redis): Promise<void> {
    if (this.discovery === null) return;
    const scans = this.discovery.wholeAt === null ? SCANS.first : SCANS.later;
    const { appeared, gone } = await this.discovery.step(redis, { scans });
    for (const queue of appeared) {
      if (this.queues.has(queue)) continue;
      this.queues.set(queue, this.watched(queue, false));
      this.tell({ queue, what: 'found' });
    }
    for (const queue of gone) {
      if (this.queues.get(queue)?.named !== false) continue;
      this.queues.delete(queue);
      this.tell({ queue, what: 'gone' });
    }
  }

  private tell(news: Pick<QueueNews, 'queue' | 'what'>): void {
    this.logger.log({
      msg: news.what === 'found' ? 'found a queue, which is only looked at' : 'a queue is gone',
      ...news,
    });
    this.told = [{ ...news, at: new Date().toISOString() }, ...this.told].slice(0, NEWS_KEPT);
  }

  private watched(queue: string, named: boolean): WatchedQueue {
    return new WatchedQueue({ prefix: this.prefix, queue }, { ...this.patience, named });
  }

  /** Takes in workers that somebody saw before. */
  remember(heartbeats: readonly Heartbeat[]): void {
    for (const [queue, each] of this.queues)
      each.remember(heartbeats.filter((one) => one.queue === queue && one.prefix === this.prefix));
  }

  /** What was made of a queue. */
  judged(queue: string, made: Made): void {
    this.queues.get(queue)?.judged(made);
  }

  /** What is known of those that are named, the primary queue first. It may be old: see `ageMs`. */
  evidence(): readonly QueueEvidence[] {
    return this.known().flatMap(({ named, evidence }) => (named ? [evidence] : []));
  }

  /** What is known of all of them, those that are named first, the others by their names. */
  known(): readonly KnownQueue[] {
    const all = [...this.queues.values()].map((each) => ({
      evidence: each.evidence,
      named: each.named,
      ageMs: each.ageMs(this.lookedAt),
    }));
    const found = all.filter(({ named, evidence }) => !named && evidence.slow !== null);
    return [
      ...all.filter(({ named }) => named),
      ...found.sort((a, b) => (a.evidence.queue < b.evidence.queue ? -1 : 1)),
    ];
  }

  /** Ms since a look has ended; Infinity before the first. */
  ageMs(): number {
    return monotonic() - this.lookedAt;
  }

  onApplicationShutdown(): void {
    this.connection.close();
  }
}

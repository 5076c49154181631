import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { Inject, Injectable, Optional, type OnApplicationShutdown } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import {
  answer,
  BoardCheck,
  Board,
  ownDeadline,
  SERVICE,
  type Check,
  type CheckContext,
  type QueueReport,
  type ServiceIdentity,
} from '../../health/index.js';
import { inWords, startOutlook, WATCHING, type Outlook, type Watching } from '../../forecast/index.js';
import { loopLateness, monotonic, withOwnTime } from '../../kernel/index.js';
import type { RedisFailure } from '../../redis/index.js';
import {
  assessDurability,
  type Durability,
  type Finding,
  type RedisConfig,
} from '../durability/durability.assess.js';
import { memoryExhausting, memoryOutlook } from '../durability/memory.assess.js';
import { parseInfo, type RedisInfo } from '../durability/redis-info.policy.js';
import { QueueIdentityService } from '../identity/queue-identity.service.js';
import { QueueIncarnation } from '../incarnation/queue-incarnation.service.js';
import { QueueLook, type RedisLook } from '../look/queue-look.js';
import { QUEUE_OPTIONS, type QueueOptions } from '../queue.options.js';
import { evictedBefore, nextHistory, NO_HISTORY } from './redis-history.state.js';
import { QueueDoubt } from './queue-doubt.js';
import { QueueMetrics } from './queue.metrics.js';
import { nextLooks, NO_LOOKS, slowness } from './slow.state.js';
import { queueVerdict, type QueueVerdict } from './verdict.assess.js';
import '../queue.codes.js';

/** With the cadence, a frozen Redis is known within 2.3 s. */
const DEADLINE_MS = 1000;
/**
 * For a Redis that is known to be slow, or was not heard: a new connection takes several answers of it, and to give
 * up before they came would be to give up for ever. What is said of it until then stays.
 */
const PATIENT_DEADLINE_MS = 3000;
/** Of the deadline, what is left to say which of the questions got no answer. */
const LAST_WORDS_MS = 100;
const ANSWER_WITHIN_MS = DEADLINE_MS - LAST_WORDS_MS;
const FRESH_EVERY_MS = 10_000;
/** A new connection that failed is tried again sooner, so that the warning ends soon after its cause. */
const FRESH_AGAIN_MS = 3000;
/** What a job needs changes seldom, and whoever is refused says so at once. */
const DRY_RUN_EVERY_MS = 60_000;
const DRY_RUN_AGAIN_MS = 3000;
const DRY_RUN_AT_MOST_EVERY_MS = 1000;
const DRY_RUN_WITHIN_MS = 500;
const MARGIN_MS = 100;
const LATE: ReadonlySet<string> = new Set(['redis.timeout', 'redis.connect_timeout']);

/** Can the queue take work now, will it keep it, and is it still the same queue? */
@Injectable()
@BoardCheck()
export class QueueCheck implements Check, OnApplicationShutdown {
  readonly key = 'queue';
  readonly cadenceMs = 1250;
  readonly counts = 'readiness';
  readonly timeoutCode = 'redis.timeout';

  private readonly queueLook: QueueLook;
  private config: RedisConfig | null = null;
  private looks = NO_LOOKS;
  private unheard = false;
  private withheld: readonly string[] = [];
  private history = NO_HISTORY;
  private outlook: Outlook;
  private fresh: { readonly at: number; readonly failure: RedisFailure | null } = {
    at: -Infinity,
    failure: null,
  };
  private dryRun: { readonly at: number; readonly failure: RedisFailure | null } = {
    at: -Infinity,
    failure: null,
  };

  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly board: Board,
    private readonly incarnation: QueueIncarnation,
    private readonly identities: QueueIdentityService,
    private readonly metrics: QueueMetrics,
    doubt: QueueDoubt,
    @Inject(QUEUE_OPTIONS) options: QueueOptions,
    @Inject(SERVICE) service: ServiceIdentity,
    @Optional() @Inject(WATCHING) watching?: Watching,
  ) {
    this.outlook = startOutlook(watching);
    this.queueLook = new QueueLook(options, service.instanceId, () => board.poke(this.key));
    incarnation.onChange(() => board.poke(this.key));
    doubt.onRaise(() => {
      if (monotonic() - this.dryRun.at < DRY_RUN_AT_MOST_EVERY_MS) return;
      this.dryRun = { ...this.dryRun, at: -Infinity };
      board.poke(this.key);
    });
  }

  get deadlineMs(): number {
    return this.unheard || this.looks.slow ? PATIENT_DEADLINE_MS : DEADLINE_MS;
  }

  async run({ signal }: CheckContext = ownDeadline(this)): Promise<HealthIndicatorResult> {
    const began = monotonic();
    const { deadlineMs } = this;
    const [look, freshFailure] = await Promise.all([
      this.queueLook.look(deadlineMs - LAST_WORDS_MS, signal),
      this.freshConnectionIsDue(began) ? this.newConnection(signal) : undefined,
    ]);
    // A look that failed says it all; one that had to connect anew was a fresh one itself.
    if (look.failure !== null || look.reconnected) this.fresh = { at: began, failure: null };
    else if (freshFailure !== undefined) this.fresh = { at: began, failure: freshFailure };
    this.unheard = look.failure !== null && LATE.has(look.failure.code);
    if (look.tookMs !== null) this.looks = nextLooks(this.looks, look.tookMs);
    // What a slow Redis leaves no time for is tried another time.
    const leftMs = deadlineMs - (monotonic() - began);
    if (look.failure === null && leftMs > DRY_RUN_WITHIN_MS + MARGIN_MS && this.dryRunIsDue(began)) {
      const [failure, withheld] = await Promise.all([
        this.queueLook.dryRun(DRY_RUN_WITHIN_MS),
        this.queueLook.withheld(DRY_RUN_WITHIN_MS),
      ]);
      this.dryRun = { at: began, failure };
      this.withheld = withheld ?? this.withheld;
    }
    const info = look.info === null ? null : parseInfo(look.info);
    if (look.config !== undefined) this.config = look.config;
    this.outlook = memoryOutlook(this.outlook, info, began);
    const durability = this.durabilityOf(look, info);
    if (look.failure === null) this.takeIn(look, info);
    const verdict = queueVerdict({
      failure: look.failure ?? this.dryRun.failure,
      freshConnection: this.fresh.failure,
      info,
      durability: durability.findings,
      loss: this.incarnation.loss,
      others: [
        slowness(this.looks),
        memoryExhausting(this.outlook, info),
        withheldFinding(this.withheld),
      ].filter((each) => each !== null),
    });
    const report: QueueReport = { durable: durability.durable, latencyMs: look.latencyMs };
    this.metrics.record({ look, info, durable: durability.durable });
    return answer(this.indicators.check(this.key), verdict.code, {
      message: verdict.message,
      details: {
        ...details(verdict, look, info),
        memory: this.incarnation.memory,
        forecast: { ...this.outlook.forecast, words: inWords(this.outlook.forecast) },
      },
      report,
    });
  }

  onApplicationShutdown(): void {
    this.queueLook.close();
  }

  private durabilityOf(look: RedisLook, info: RedisInfo | null): Durability {
    // Nothing came back at all: the failure says it, and durability is not a question of now.
    if (look.failure !== null && info === null) return { findings: [], durable: null };
    const evidence = {
      info,
      config: this.config,
      evictedBefore: info === null ? null : evictedBefore(this.history, info),
      replicasSeen: this.history.replicas,
    };
    if (info !== null) this.history = nextHistory(this.history, info, monotonic());
    return assessDurability(evidence);
  }

  private takeIn(look: RedisLook, info: RedisInfo | null): void {
    const { sentinel, lastId } = look;
    const runId = info?.runId ?? null;
    if (this.incarnation.observe({ sentinel, lastId, runId })) void this.stamp();
    if (sentinel !== null) this.identities.observe(sentinel, runId);
  }

  private async stamp(): Promise<void> {
    await this.queueLook.stamp(randomUUID());
    this.board.poke(this.key);
  }

  /** Whether a new connection works, and all that it takes in time, where that says something of Redis. */
  private async newConnection(signal: AbortSignal): Promise<RedisFailure | null> {
    const loop = loopLateness();
    const outcome = await withOwnTime(ANSWER_WITHIN_MS, (late) =>
      this.queueLook.freshConnection(ANSWER_WITHIN_MS, AbortSignal.any([signal, late])),
    );
    loop.stop();
    const lateMs = loop.lateMs();
    const text = `no new connection within ${ANSWER_WITHIN_MS} ms`;
    const tooLate: RedisFailure = { code: 'redis.connect_timeout', text, disconnected: false };
    const failure = outcome.kind === 'answered' ? outcome.value : tooLate;
    if (failure === null || !LATE.has(failure.code)) return failure;
    // A new connection takes several answers: of a Redis that is known to be slow it says nothing new that they come
    // too late, and nothing at all where it was this process that kept them waiting.
    return this.looks.slow || lateMs > ANSWER_WITHIN_MS / 2 ? null : failure;
  }

  private freshConnectionIsDue(now: number): boolean {
    const every = this.fresh.failure === null ? FRESH_EVERY_MS : FRESH_AGAIN_MS;
    return now - this.fresh.at >= every;
  }

  private dryRunIsDue(now: number): boolean {
    const every = this.dryRun.failure === null ? DRY_RUN_EVERY_MS : DRY_RUN_AGAIN_MS;
    return now - this.dryRun.at >= every;
  }
}

function withheldFinding(commands: readonly string[]): Finding | null {
  if (commands.length === 0) return null;
  const message = `Redis withholds ${commands.join(', ')} from this user: the queue works, but less of it can be seen.`;
  return { code: 'redis.commands_withheld', message };
}

function details(verdict: QueueVerdict, look: RedisLook, info: RedisInfo | null): Record<string, unknown> {
  return {
    latencyMs: look.latencyMs,
    ...(verdict.also.length === 0 ? {} : { also: verdict.also }),
    ...(info === null
      ? {}
      : {
          redis: {
            version: info.version,
            role: info.role,
            runId: info.runId,
            appendOnlyFile: info.aofEnabled,
            changesSinceSave: info.changesSinceSave,
            usedMemory: info.usedMemory,
            maxMemory: info.maxMemory,
            evictionPolicy: info.evictionPolicy,
            replicas: info.connectedReplicas,
          },
        }),
    lastJobNumber: look.lastId,
  };
}

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
import { monotonic } from '../../kernel/index.js';
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
import { QueueLook } from '../look/queue-look.js';
import type { RedisLook } from '../look/redis-look.js';
import { primaryQueue } from '../primary-queue.js';
import { QUEUE_OPTIONS, type QueueOptions } from '../queue.options.js';
import {
  afterDryRun,
  dueForDryRun,
  inDoubt,
  noDryRuns,
  refusedByDryRun,
  type DryRuns,
} from './dry-runs.state.js';
import { evictedBefore, nextHistory, NO_HISTORY } from './redis-history.state.js';
import { isLate, NewConnections } from './new-connections.js';
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
const DRY_RUN_AT_MOST_EVERY_MS = 1000;
/** What Redis withholds changes as seldom as what a job needs. */
const WITHHELD_EVERY_MS = 60_000;
const DRY_RUN_WITHIN_MS = 500;
const MARGIN_MS = 100;

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
  private readonly newConnections: NewConnections;
  private dryRuns: DryRuns;
  private triedAt = -Infinity;
  private withheldAt = -Infinity;

  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly board: Board,
    private readonly incarnation: QueueIncarnation,
    private readonly identities: QueueIdentityService,
    private readonly metrics: QueueMetrics,
    doubt: QueueDoubt,
    @Inject(QUEUE_OPTIONS) private readonly options: QueueOptions,
    @Inject(SERVICE) service: ServiceIdentity,
    @Optional() @Inject(WATCHING) watching?: Watching,
  ) {
    this.outlook = startOutlook(watching);
    this.dryRuns = noDryRuns(options.names);
    this.queueLook = new QueueLook(options, service.instanceId, () => board.poke(this.key));
    this.newConnections = new NewConnections(this.queueLook, {
      withinMs: DEADLINE_MS - LAST_WORDS_MS,
      isSlow: () => this.looks.slow,
    });
    incarnation.onChange(() => board.poke(this.key));
    doubt.onRaise(() => {
      if (monotonic() - this.triedAt < DRY_RUN_AT_MOST_EVERY_MS) return;
      this.dryRuns = inDoubt(this.dryRuns);
      board.poke(this.key);
    });
  }

  get deadlineMs(): number {
    return this.unheard || this.looks.slow ? PATIENT_DEADLINE_MS : DEADLINE_MS;
  }

  async run({ signal }: CheckContext = ownDeadline(this)): Promise<HealthIndicatorResult> {
    const began = monotonic();
    const { deadlineMs } = this;
    const [look, ended] = await Promise.all([
      this.queueLook.look(deadlineMs - LAST_WORDS_MS, signal),
      this.newConnections.ask(began, signal),
    ]);
    this.newConnections.note(began, look, ended);
    this.unheard = look.failure !== null && isLate(look.failure);
    if (look.tookMs !== null) this.looks = nextLooks(this.looks, look.tookMs);
    if (look.tookMs !== null) await this.tryOut(began, deadlineMs);
    const info = look.info === null ? null : parseInfo(look.info);
    if (look.config !== undefined) this.config = look.config;
    this.outlook = memoryOutlook(this.outlook, info, began);
    const durability = this.durabilityOf(look, info);
    this.takeIn(look, info);
    const verdict = queueVerdict({
      failure: look.failure ?? refusedByDryRun(this.dryRuns),
      freshConnection: this.newConnections.failure,
      info,
      durability: durability.findings,
      losses: this.incarnation.losses,
      primary: primaryQueue(this.options),
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
        ...details(verdict, look, info, primaryQueue(this.options)),
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

  /** What a slow Redis leaves no time for is tried another time. */
  private async tryOut(began: number, deadlineMs: number): Promise<void> {
    const leftMs = deadlineMs - (monotonic() - began);
    if (leftMs <= DRY_RUN_WITHIN_MS + MARGIN_MS) return;
    const withheldIsDue = began - this.withheldAt >= WITHHELD_EVERY_MS;
    const due = dueForDryRun(this.dryRuns, began);
    if (due.length > 0) this.triedAt = began;
    if (withheldIsDue) this.withheldAt = began;
    const [withheld] = await Promise.all([
      withheldIsDue ? this.queueLook.withheld(DRY_RUN_WITHIN_MS) : null,
      ...due.map(async (queue) => {
        const failure = await this.queueLook.dryRun(queue, DRY_RUN_WITHIN_MS);
        this.dryRuns = afterDryRun(this.dryRuns, queue, began, failure);
      }),
    ]);
    this.withheld = withheld ?? this.withheld;
  }

  private takeIn({ queues }: RedisLook, info: RedisInfo | null): void {
    const runId = info?.runId ?? null;
    for (const [queue, { sentinel, lastId }] of queues) {
      if (this.incarnation.observe(queue, { sentinel, lastId, runId })) void this.stamp(queue);
      if (sentinel !== null) this.identities.observe(queue, sentinel, runId);
    }
  }

  private async stamp(queue: string): Promise<void> {
    await this.queueLook.stamp(queue, randomUUID());
    this.board.poke(this.key);
  }
}

function withheldFinding(commands: readonly string[]): Finding | null {
  if (commands.length === 0) return null;
  const message = `Redis withholds ${commands.join(', ')} from this user: the queue works, but less of it can be seen.`;
  return { code: 'redis.commands_withheld', message };
}

function details(
  verdict: QueueVerdict,
  look: RedisLook,
  info: RedisInfo | null,
  primary: string,
): Record<string, unknown> {
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
    lastJobNumber: look.queues.get(primary)?.lastId ?? 0,
  };
}

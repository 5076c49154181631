import { Inject, Injectable } from '@nestjs/common';
import type { HealthIndicatorResult } from '@nestjs/terminus';
import { REDACT, SETTINGS, type Settings } from '../../config/index.js';
import {
  answer,
  Board,
  severity,
  codeDefinition,
  type Check,
  type CheckContext,
} from '../../health/index.js';
import { type Redact, withDeadline } from '../../kernel/index.js';
import { QueueDoubt, QueueIdentityService } from '../../queue/index.js';
import { redisFailure } from '../../redis/index.js';
import { assessLeases } from '../assess/leases.assess.js';
import { underQueue } from '../assess/queue-failing.assess.js';
import { assessQueue } from '../assess/queue.assess.js';
import { workerReport, type QueueView } from '../assess/report.js';
import type { Verdict } from '../assess/verdict.js';
import { assessWorkers } from '../assess/workers.assess.js';
import { Canary } from '../canary/canary.service.js';
import { HeartbeatMetrics } from './heartbeat.metrics.js';
import { QueueWatcher, WORKER_CHECK } from './queue-watcher.service.js';
import { WorkerMemory } from './worker-memory.service.js';

const QUEUE_CHECK = 'queue';
const REDIS_DEADLINE_MS = 1200;

/** Is the queue being consumed, and by whom? Workers do not count towards readiness: a queue keeps its jobs. */
@Injectable()
export class WorkerCheck implements Check {
  readonly key = WORKER_CHECK;
  readonly cadenceMs = 1000;
  /** The look at Redis has a deadline of its own, so that even then the report is filled. */
  readonly deadlineMs = REDIS_DEADLINE_MS + 500;
  readonly counts = 'informative' as const;
  readonly dependsOn = [QUEUE_CHECK];

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    @Inject(REDACT) private readonly redact: Redact,
    private readonly watcher: QueueWatcher,
    private readonly memory: WorkerMemory,
    private readonly canary: Canary,
    private readonly identities: QueueIdentityService,
    private readonly metrics: HeartbeatMetrics,
    private readonly board: Board,
    private readonly doubt: QueueDoubt,
  ) {
    // The verdict leans on that of the queue, so it changes with it.
    board.onTransition(({ check }) => {
      if (check === QUEUE_CHECK) board.poke(this.key);
    });
  }

  async run({ signal }: CheckContext): Promise<HealthIndicatorResult> {
    await this.memory.sync();
    const trouble = await this.look(signal);
    const views = this.views(trouble === null ? 0 : this.watcher.ageMs());
    this.metrics.set(views);
    const queue = this.board.snapshot().checks.find(({ key }) => key === QUEUE_CHECK);
    const found = trouble ?? this.verdict(views);
    const verdict = underQueue(found, codeDefinition(found.code).status, queue);
    if (trouble === null) this.canary.consider(views);
    return answer(this.key, verdict.code, {
      message: verdict.message,
      details: verdict.details,
      report: workerReport(views, {
        primary: this.settings.QUEUE_NAMES[0] ?? '',
        timeoutMs: this.settings.WORKER_HEARTBEAT_TIMEOUT_MS,
        inlineWorker: this.settings.ENABLE_INLINE_WORKER,
      }),
    });
  }

  private async look(signal: AbortSignal): Promise<Verdict | null> {
    switch (this.settings.QUEUE_DRIVER) {
      case 'inmemory':
        return unknown('the queue driver is running in memory, where no other process can see it', {});
      case 'unusable':
        return {
          code: 'worker.queue_failing',
          message: 'No worker can work, for the queue is not configured: its settings cannot be used.',
          details: { redis: 'queue.not_configured' },
        };
      case 'bullmq':
    }
    const outcome = await withDeadline(REDIS_DEADLINE_MS, (own) =>
      this.watcher.look(AbortSignal.any([signal, own])),
    );
    switch (outcome.kind) {
      case 'answered':
        return null;
      case 'timed-out':
        return unknown(`Redis did not answer within ${REDIS_DEADLINE_MS} ms`, { redis: 'redis.timeout' });
      case 'threw': {
        const failure = redisFailure(outcome.error);
        // Redis answers, and refuses what it never refused: so it may refuse jobs.
        if (!failure.disconnected) this.doubt.raise();
        return unknown(this.redact(failure.text), { redis: failure.code });
      }
    }
  }

  /** `ageMs`: how old the evidence is, so that ages go on growing while Redis cannot be asked. */
  private views(ageMs: number): readonly (QueueView & { readonly verdict: Verdict })[] {
    const { limits } = this.watcher;
    const conflicts = this.identities.conflicts();
    const laterMs = Number.isFinite(ageMs) ? Math.round(ageMs) : 0;
    return this.watcher.evidence().map((known) => {
      const evidence = { ...known, now: known.now + laterMs };
      const workers = assessWorkers(evidence, limits);
      const leases = assessLeases(evidence, workers, limits.timeoutMs);
      const verdict = assessQueue({
        evidence,
        limits,
        workers,
        leases,
        conflicts: conflicts.filter((each) => each.own.queue === evidence.queue).map((each) => each.message),
        canaryLostForMs: this.canary.lostForMs(evidence.queue),
      });
      return { evidence, workers, leases, verdict };
    });
  }

  /** The worst of all queues; of equals the first, for the first queue is the primary one. */
  private verdict(views: ReturnType<WorkerCheck['views']>): Verdict {
    const severityOf = (verdict: Verdict) => severity(codeDefinition(verdict.code).status);
    const [first, ...others] = views;
    if (first === undefined) return unknown('QUEUE_NAMES names no queue', {});
    let worst = first;
    for (const each of others) if (severityOf(each.verdict) > severityOf(worst.verdict)) worst = each;
    if (worst === first) return first.verdict;
    const { code, message, details } = worst.verdict;
    return {
      code,
      message: `Queue ${worst.evidence.queue}: ${message}`,
      details: { ...details, queue: worst.evidence.queue },
    };
  }
}

function unknown(why: string, details: Verdict['details']): Verdict {
  return {
    code: 'worker.unknown',
    message: `The workers cannot be seen: ${why.replace(/\.$/, '')}.`,
    details,
  };
}

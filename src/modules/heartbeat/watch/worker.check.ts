import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import {
  answer,
  BoardCheck,
  Board,
  severityOf,
  checkOf,
  codeDefinition,
  type Check,
  type CheckRecord,
} from '../../health/index.js';
import { monotonic, type Outcome, type Redact, REDACT, withOwnTime } from '../../kernel/index.js';
import { primaryQueue, QUEUE_OPTIONS, QueueDoubt, type QueueOptions } from '../../queue/index.js';
import { redisFailure } from '../../redis/index.js';
import { underQueue } from '../assess/queue-failing.assess.js';
import { workerReport, type QueueView } from '../assess/report.js';
import { plural, type Verdict } from '../assess/verdict.js';
import { Canary } from '../canary/canary.service.js';
import { HEARTBEAT_OPTIONS, type HeartbeatOptions } from '../heartbeat.options.js';
import { Judgments } from './judgments.js';
import { HeartbeatMetrics } from './heartbeat.metrics.js';
import { BELIEVED_MS, QueueWatcher, WORKER_CHECK } from './queue-watcher.service.js';
import { WorkerMemory } from './worker-memory.service.js';
import '../heartbeat.codes.js';

const QUEUE_CHECK = 'queue';
/** Whoever asks waits so long for a look, which may go on after that: a slow Redis is asked once, not cut off. */
const ANSWER_WITHIN_MS = 1200;
/** A look that is overdue may yet end while the check runs once more. */
const ONCE_MORE_MS = 250;
/** A look asks Redis some six times, one after the other. */
const LOOK_WITHIN_MS = 6000;
/** Of a Redis that takes longer, a canary would only tell that it is slow. */
const QUICK_MS = 500;

/** Is the queue being consumed, and by whom? Workers do not count towards readiness: a queue keeps its jobs. */
@Injectable()
@BoardCheck()
export class WorkerCheck implements Check {
  readonly key = WORKER_CHECK;
  readonly cadenceMs = 1000;
  /** The look at Redis has a deadline of its own, so that even then the report is filled. */
  readonly deadlineMs = ANSWER_WITHIN_MS + 500;
  readonly counts = 'informative' as const;
  readonly dependsOn = [QUEUE_CHECK];
  private looking: Promise<Outcome<void>> | undefined;
  private lookBeganAt = 0;

  constructor(
    private readonly indicators: HealthIndicatorService,
    @Inject(QUEUE_OPTIONS) private readonly queues: QueueOptions,
    @Inject(HEARTBEAT_OPTIONS) private readonly options: HeartbeatOptions,
    @Inject(REDACT) private readonly redact: Redact,
    private readonly watcher: QueueWatcher,
    private readonly memory: WorkerMemory,
    private readonly canary: Canary,
    private readonly judgments: Judgments,
    private readonly metrics: HeartbeatMetrics,
    private readonly board: Board,
    private readonly doubt: QueueDoubt,
  ) {
    // The verdict leans on that of the queue, so it changes with it.
    board.onTransition(({ check }) => {
      if (check === QUEUE_CHECK) board.poke(this.key);
    });
  }

  async run(): Promise<HealthIndicatorResult> {
    await this.memory.sync();
    const trouble = await this.look();
    const tookMs = monotonic() - this.lookBeganAt;
    const ageMs = this.watcher.ageMs();
    // The verdict is that of the look: that no newer one has ended says nothing of the workers.
    const verdicts = trouble === null ? this.judgments.now() : this.judgments.after(ageMs);
    const views = ageMs < ANSWER_WITHIN_MS ? verdicts : this.judgments.after(ageMs);
    this.metrics.set(views);
    const found = trouble ?? this.verdict(verdicts);
    const verdict = underQueue(found, codeDefinition(found.code).status, this.queue());
    if (trouble === null)
      this.canary.consider(
        verdicts.filter(({ named }) => named),
        { slow: tookMs > QUICK_MS },
      );
    return answer(this.indicators.check(this.key), verdict.code, {
      message: verdict.message,
      details: verdict.details,
      report: workerReport(views, {
        primary: primaryQueue(this.queues),
        timeoutMs: this.options.timeoutMs,
        inlineWorker: this.options.inlineWorker,
      }),
    });
  }

  /** Why the workers cannot be seen; null when they were, or have been a moment ago. */
  private async look(): Promise<Verdict | null> {
    switch (this.queues.driver) {
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
    const outcome = await this.outcome();
    switch (outcome.kind) {
      case 'answered':
        return null;
      case 'timed-out':
        // Slow is not silent: only a queue that fails makes it certain that there is nothing to wait for.
        if (this.watcher.ageMs() <= BELIEVED_MS && this.queue()?.status !== 'fail') return null;
        return unknown(`Redis did not answer within ${ANSWER_WITHIN_MS} ms`, { redis: 'redis.timeout' });
      case 'threw': {
        const failure = redisFailure(outcome.error);
        // Redis answers, and refuses what it never refused: so it may refuse jobs.
        if (!failure.disconnected) this.doubt.raise();
        return unknown(this.redact(failure.text), { redis: failure.code });
      }
    }
  }

  /** Of the look that is under way, or of a new one; timed out when it goes on after the answer is due. */
  private async outcome(): Promise<Outcome<void>> {
    this.looking ??= this.newLook();
    const { looking } = this;
    const dueInMs = this.lookBeganAt + ANSWER_WITHIN_MS - monotonic();
    const answered = await withOwnTime(Math.max(ONCE_MORE_MS, dueInMs), () => looking);
    return answered.kind === 'answered' ? answered.value : answered;
  }

  private queue(): CheckRecord | undefined {
    return checkOf(this.board.snapshot(), QUEUE_CHECK);
  }

  private async newLook(): Promise<Outcome<void>> {
    this.lookBeganAt = monotonic();
    const outcome = await withOwnTime(LOOK_WITHIN_MS, (signal) => this.watcher.look(signal));
    this.looking = undefined;
    return outcome;
  }

  /** The worst of those that are named; of equals the first, for the first queue is the primary one. */
  private verdict(views: readonly QueueView[]): Verdict {
    const [first, ...others] = views.filter(({ named }) => named);
    if (first === undefined) return noneNamed(views.length);
    const worst = others.reduce(
      (a, b) => (severityOf(b.verdict.code) > severityOf(a.verdict.code) ? b : a),
      first,
    );
    if (worst === first) return first.verdict;
    const { code, message, details } = worst.verdict;
    return {
      code,
      message: `Queue ${worst.evidence.queue}: ${message}`,
      details: { ...details, queue: worst.evidence.queue },
    };
  }
}

function noneNamed(found: number): Verdict {
  return {
    code: 'worker.none_named',
    message: `No queue is named, so none decides: ${plural(found, 'queue')} found so far, each with a status of its own.`,
    details: { found },
  };
}

function unknown(why: string, details: Verdict['details']): Verdict {
  return {
    code: 'worker.unknown',
    message: `The workers cannot be seen: ${why.replace(/\.$/, '')}.`,
    details,
  };
}

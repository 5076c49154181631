import { Inject, Injectable } from '@nestjs/common';
import { codeDefinition } from '../../health/index.js';
import { QueueIdentityService, type QueueConflict } from '../../queue/index.js';
import { assessFound } from '../assess/found.assess.js';
import { assessLeases } from '../assess/leases.assess.js';
import { assessQueue } from '../assess/queue.assess.js';
import { workerRow, type QueueView } from '../assess/report.js';
import { assessWorkers } from '../assess/workers.assess.js';
import { Canary } from '../canary/canary.service.js';
import { HEARTBEAT_OPTIONS, type HeartbeatOptions } from '../heartbeat.options.js';
import { QueueWatcher, type KnownQueue } from './queue-watcher.service.js';

/** What a judgment was made of: as long as that is the same, so is the judgment. */
interface Judged {
  readonly evidence: KnownQueue['evidence'];
  readonly named: boolean;
  readonly conflicts: string;
  readonly canaryLostForMs: number | null;
  readonly view: QueueView;
}

/** What is to be said of each queue that is watched. Of many queues most are as they were at the last look. */
@Injectable()
export class Judgments {
  private before: ReadonlyMap<string, Judged> = new Map();

  constructor(
    @Inject(HEARTBEAT_OPTIONS) private readonly options: HeartbeatOptions,
    private readonly watcher: QueueWatcher,
    private readonly canary: Canary,
    private readonly identities: QueueIdentityService,
  ) {}

  /** As it was seen, those that are named first. */
  now(): readonly QueueView[] {
    const conflicts = this.identities.conflicts();
    const judged = this.watcher.known().map((known) => this.judge(known, conflicts));
    this.before = new Map(judged.map((each) => [each.evidence.queue, each]));
    for (const { evidence, view } of judged)
      this.watcher.judged(evidence.queue, {
        status: codeDefinition(view.verdict.code).status,
        awaited: this.canary.underWay(evidence.queue),
      });
    return judged.map(({ view }) => view);
  }

  /** As if nothing had been seen for so long: ages go on growing while Redis cannot be asked. */
  after(laterMs: number): readonly QueueView[] {
    const ms = Number.isFinite(laterMs) ? Math.round(laterMs) : 0;
    const conflicts = this.identities.conflicts();
    return this.watcher.known().map(({ evidence, ...known }) => {
      const later = { ...evidence, now: evidence.now + ms };
      return this.judge({ ...known, evidence: later }, conflicts).view;
    });
  }

  private judge({ evidence, named, ageMs }: KnownQueue, all: readonly QueueConflict[]): Judged {
    const { queue } = evidence;
    const conflicts = all.filter(({ own }) => own.queue === queue).map(({ message }) => message);
    const canaryLostForMs = this.canary.lostForMs(queue);
    const made = { evidence, named, conflicts: conflicts.join(' '), canaryLostForMs };
    const before = this.before.get(queue);
    if (
      before?.evidence === evidence &&
      before.named === named &&
      before.conflicts === made.conflicts &&
      before.canaryLostForMs === canaryLostForMs
    )
      return { ...before, view: { ...before.view, ageMs } };
    // Nobody has promised that somebody works for a queue that was only found.
    const limits = named ? this.options : { ...this.options, workersMin: 0 };
    const workers = assessWorkers(evidence, limits);
    const leases = assessLeases(evidence, workers, limits.timeoutMs);
    const verdict = assessQueue({ evidence, limits, workers, leases, conflicts, canaryLostForMs });
    const told = named ? verdict : assessFound(evidence, verdict, limits);
    return {
      ...made,
      view: { evidence, workers, leases, rows: workers.map(workerRow), verdict: told, named, ageMs },
    };
  }
}

import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { answer, BoardCheck, severityOf, type Check } from '../../health/index.js';
import type { QueueEvidence } from '../assess/evidence.js';
import { assessJobs, FINISHING } from '../assess/jobs.assess.js';
import type { Verdict } from '../assess/verdict.js';
import { ForeignConsumers } from './foreign-consumers.service.js';
import { BELIEVED_MS, QueueWatcher, WORKER_CHECK } from './queue-watcher.service.js';
import '../heartbeat.codes.js';

/** The look of the `worker` check is used, so that this one costs Redis nothing. */
const TOO_OLD_MS = BELIEVED_MS + 2000;

/** Do the jobs that are picked up end well? */
@Injectable()
@BoardCheck()
export class JobsCheck implements Check {
  readonly key = 'jobs';
  readonly cadenceMs = 2000;
  readonly deadlineMs = 1000;
  readonly counts = 'informative' as const;
  readonly dependsOn = ['queue', WORKER_CHECK];

  private readonly verdicts = new WeakMap<QueueEvidence, Verdict>();

  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly watcher: QueueWatcher,
    private readonly foreign: ForeignConsumers,
  ) {}

  /** Of many queues most are as they were. */
  private verdictOn(evidence: QueueEvidence): Verdict {
    const known = this.verdicts.get(evidence);
    if (known !== undefined) return known;
    const verdict = assessJobs(evidence, this.watcher.limits);
    this.verdicts.set(evidence, verdict);
    return verdict;
  }

  run(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check(this.key);
    if (!this.watcher.hasLooked) return Promise.resolve(answer(indicator, 'check.pending'));
    if (this.watcher.ageMs() > TOO_OLD_MS) return Promise.resolve(answer(indicator, 'jobs.unknown'));
    const taken = this.foreign.verdict();
    const verdicts = [
      ...this.watcher.evidence().map((each) => this.verdictOn(each)),
      ...(taken === null ? [] : [taken]),
    ];
    const worst = verdicts.reduce((a, b) => (severityOf(b.code) > severityOf(a.code) ? b : a), FINISHING);
    return Promise.resolve(answer(indicator, worst.code, { message: worst.message, details: worst.details }));
  }
}

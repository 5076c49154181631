import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { answer, BoardCheck, type Check } from '../../health/index.js';
import type { QueueEvidence } from '../assess/evidence.js';
import { assessJobs, FINISHING } from '../assess/jobs.assess.js';
import { worstOf, type Verdict } from '../assess/verdict.js';
import { ForeignConsumers } from './foreign-consumers.service.js';
import { QueueWatcher, WORKER_CHECK } from './queue-watcher.service.js';
import '../heartbeat.codes.js';

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
    const unseen = this.watcher.unseen('jobs.unknown');
    if (unseen !== null) return Promise.resolve(answer(indicator, unseen));
    const taken = this.foreign.verdict();
    const verdicts = [
      ...this.watcher.evidence().map((each) => this.verdictOn(each)),
      ...(taken === null ? [] : [taken]),
    ];
    const worst = worstOf(FINISHING, verdicts);
    return Promise.resolve(answer(indicator, worst.code, { message: worst.message, details: worst.details }));
  }
}

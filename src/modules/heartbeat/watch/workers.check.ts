import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { answer, BoardCheck, severityOf, type Check } from '../../health/index.js';
import { assessEachWorker, IN_ORDER } from '../assess/each-worker.assess.js';
import { Judgments } from './judgments.js';
import { BELIEVED_MS, QueueWatcher, WORKER_CHECK } from './queue-watcher.service.js';
import '../heartbeat.codes.js';

/** The look of the `worker` check is used, so that this one costs Redis nothing. */
const TOO_OLD_MS = BELIEVED_MS + 2000;

/** Is anything odd about single workers? The check `worker` says whether somebody works; this one, who is late. */
@Injectable()
@BoardCheck()
export class WorkersCheck implements Check {
  readonly key = 'workers';
  readonly cadenceMs = 1000;
  readonly deadlineMs = 1000;
  readonly counts = 'informative' as const;
  readonly dependsOn = ['queue', WORKER_CHECK];

  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly watcher: QueueWatcher,
    private readonly judgments: Judgments,
  ) {}

  run(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check(this.key);
    if (!this.watcher.hasLooked) return Promise.resolve(answer(indicator, 'check.pending'));
    if (this.watcher.ageMs() > TOO_OLD_MS) return Promise.resolve(answer(indicator, 'workers.unknown'));
    const { limits } = this.watcher;
    const verdicts = this.judgments
      .now()
      .filter(({ named }) => named)
      .map(({ evidence, workers }) => assessEachWorker(workers, evidence, limits));
    const worst = verdicts.reduce((a, b) => (severityOf(b.code) > severityOf(a.code) ? b : a), IN_ORDER);
    return Promise.resolve(answer(indicator, worst.code, { message: worst.message, details: worst.details }));
  }
}

import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { answer, BoardCheck, type Check } from '../../health/index.js';
import { assessEachWorker, IN_ORDER } from '../assess/each-worker.assess.js';
import { worstOf } from '../assess/verdict.js';
import { Judgments } from './judgments.js';
import { QueueWatcher, WORKER_CHECK } from './queue-watcher.service.js';
import '../heartbeat.codes.js';

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
    const unseen = this.watcher.unseen('workers.unknown');
    if (unseen !== null) return Promise.resolve(answer(indicator, unseen));
    const { limits } = this.watcher;
    const verdicts = this.judgments
      .now()
      .filter(({ named }) => named)
      .map(({ evidence, workers }) => assessEachWorker(workers, evidence, limits));
    const worst = worstOf(IN_ORDER, verdicts);
    return Promise.resolve(answer(indicator, worst.code, { message: worst.message, details: worst.details }));
  }
}

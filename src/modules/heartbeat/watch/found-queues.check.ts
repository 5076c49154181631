import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { answer, Board, BoardCheck, checkOf, reportOf, type Check } from '../../health/index.js';
import { QUEUE_OPTIONS, type QueueOptions } from '../../queue/index.js';
import { assessAllFound } from '../assess/found.assess.js';
import { BELIEVED_MS, QueueWatcher, WORKER_CHECK } from './queue-watcher.service.js';
import '../heartbeat.codes.js';

/** The look of the `worker` check is used, so that this one costs Redis nothing. */
const TOO_OLD_MS = BELIEVED_MS + 2000;

/** Is anything wrong with queues that nobody has named? They were found, and are only looked at. */
@Injectable()
@BoardCheck()
export class FoundQueuesCheck implements Check {
  readonly key = 'queues';
  readonly cadenceMs = 2000;
  readonly deadlineMs = 1000;
  readonly counts = 'informative' as const;
  readonly dependsOn = ['queue', WORKER_CHECK];

  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly board: Board,
    private readonly watcher: QueueWatcher,
    @Inject(QUEUE_OPTIONS) private readonly options: QueueOptions,
  ) {}

  run(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check(this.key);
    const snapshot = this.board.snapshot();
    const report = reportOf(snapshot, WORKER_CHECK);
    if (!this.watcher.hasLooked || report === undefined || checkOf(snapshot, WORKER_CHECK) === undefined)
      return Promise.resolve(answer(indicator, 'check.pending'));
    if (this.watcher.ageMs() > TOO_OLD_MS) return Promise.resolve(answer(indicator, 'queues.unknown'));
    const { code, message, details } = assessAllFound({
      rows: report.queues.filter(({ named }) => !named),
      beyond: this.watcher.beyond,
      all: this.watcher.foundAll,
      prefix: this.options.prefix,
      named: this.options.names.length,
    });
    const lately = this.watcher.news;
    return Promise.resolve(answer(indicator, code, { message, details: { ...details, lately } }));
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { answer, Board, BoardCheck, reportOf, type Check } from '../../health/index.js';
import { QUEUE_OPTIONS, type QueueOptions } from '../../queue/index.js';
import { assessAllFound } from '../assess/found.assess.js';
import { QueueWatcher, WORKER_CHECK } from './queue-watcher.service.js';
import '../heartbeat.codes.js';

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
    const unseen = this.watcher.unseen('queues.unknown');
    if (unseen !== null) return Promise.resolve(answer(indicator, unseen));
    const report = reportOf(this.board.snapshot(), WORKER_CHECK);
    if (report === undefined) return Promise.resolve(answer(indicator, 'check.pending'));
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

import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { Inject, Injectable } from '@nestjs/common';
import { answer, BoardCheck, type Check, type QueueReport } from '../../health/index.js';
import { QUEUE_OPTIONS, type QueueOptions } from '../queue.options.js';
import { whyUnusable } from '../unusable.policy.js';
import '../queue.codes.js';

const NONE: QueueReport = { durable: false, latencyMs: null };

/** The settings of the queue are there and cannot be used; they are parsed once, so only a restart changes it. */
@Injectable()
@BoardCheck()
export class UnusableQueueCheck implements Check {
  readonly key = 'queue';
  readonly cadenceMs = 5000;
  readonly deadlineMs = 1000;
  readonly counts = 'readiness';

  constructor(
    private readonly indicators: HealthIndicatorService,
    @Inject(QUEUE_OPTIONS) private readonly options: QueueOptions,
  ) {}

  run(): Promise<HealthIndicatorResult> {
    const { problems } = this.options;
    return Promise.resolve(
      answer(this.indicators.check(this.key), 'queue.not_configured', {
        message: whyUnusable(problems),
        details: { settings: problems.map(({ name }) => name) },
        report: NONE,
      }),
    );
  }
}

import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { Injectable } from '@nestjs/common';
import { answer, BoardCheck, type Check, type QueueReport } from '../../health/index.js';
import '../queue.codes.js';

const NOT_DURABLE: QueueReport = { durable: false, latencyMs: 0 };

/** The in-memory driver is for isolated tests, and says so for as long as it runs. */
@Injectable()
@BoardCheck()
export class InMemoryQueueCheck implements Check {
  readonly key = 'queue';
  readonly cadenceMs = 5000;
  readonly deadlineMs = 1000;
  readonly counts = 'readiness';

  constructor(private readonly indicators: HealthIndicatorService) {}

  run(): Promise<HealthIndicatorResult> {
    return Promise.resolve(
      answer(this.indicators.check(this.key), 'queue.inmemory', { report: NOT_DURABLE }),
    );
  }
}

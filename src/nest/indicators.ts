import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { believable, Board, checkOf, codeDefinition, runbookOf } from '../modules/health/index.js';
import { moment } from '../modules/kernel/index.js';

/** Answers from the board, which asks in the background: whoever calls waits for nothing, and costs nothing. */
abstract class BoardIndicator {
  protected abstract readonly check: string;

  constructor(
    private readonly board: Board,
    private readonly indicators: HealthIndicatorService,
  ) {}

  /**
   * A result under `key`, as any indicator of Terminus gives one: `down` when the check fails, `degraded` when it warns
   * (`up` for Terminus 11, which does not know that), with the check's status, code and public text. Never rejects.
   */
  isHealthy(key: string): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check(key);
    const record = checkOf(believable(this.board.snapshot(), moment()), this.check);
    if (record === undefined) {
      const message = `ProbityModule has no check ${this.check} in this application.`;
      return Promise.resolve(indicator.down({ code: 'check.pending', message }));
    }
    const { status, code } = record;
    const { message } = codeDefinition(code);
    const data = { check: status, code, message, runbook: runbookOf(code) };
    if (status === 'fail') return Promise.resolve(indicator.down(data));
    const warns = status === 'warn' && typeof indicator.degraded === 'function';
    return Promise.resolve(warns ? indicator.degraded(data) : indicator.up(data));
  }
}

/**
 * Can the queues take work now, and will they keep it?
 *
 * @example
 * ```ts
 * import { Controller, Get, Module } from '@nestjs/common';
 * import { HealthCheck, HealthCheckService, TerminusModule } from '@nestjs/terminus';
 * import { ProbityModule, QueueHealthIndicator } from '@probity/nest';
 *
 * @Controller('health')
 * class HealthController {
 *   constructor(
 *     private readonly health: HealthCheckService,
 *     private readonly queue: QueueHealthIndicator,
 *   ) {}
 *
 *   @Get()
 *   @HealthCheck()
 *   check() {
 *     return this.health.check([() => this.queue.isHealthy('queue')]);
 *   }
 * }
 *
 * @Module({
 *   imports: [TerminusModule, ProbityModule.forRoot({ redis: process.env.REDIS_URL, queues: ['mail'] })],
 *   controllers: [HealthController],
 * })
 * export class AppModule {}
 * ```
 */
@Injectable()
export class QueueHealthIndicator extends BoardIndicator {
  protected override readonly check = 'queue';

  constructor(board: Board, indicators: HealthIndicatorService) {
    super(board, indicators);
  }
}

/**
 * Are the queues being worked off? As `/api/production/queue/heartbeat` says it.
 *
 * @example
 * ```ts
 * import { Injectable } from '@nestjs/common';
 * import { WorkerHealthIndicator } from '@probity/nest';
 *
 * @Injectable()
 * export class Workers {
 *   constructor(private readonly workers: WorkerHealthIndicator) {}
 *
 *   async areWell(): Promise<boolean> {
 *     const { workers } = await this.workers.isHealthy('workers');
 *     return workers?.status === 'up';
 *   }
 * }
 * ```
 */
@Injectable()
export class WorkerHealthIndicator extends BoardIndicator {
  protected override readonly check = 'worker';

  constructor(board: Board, indicators: HealthIndicatorService) {
    super(board, indicators);
  }
}

/**
 * Does the database do what it is asked, in this connection and in a new one? `down` where `database` is not an option.
 *
 * @example
 * ```ts
 * import { Injectable } from '@nestjs/common';
 * import { DatabaseHealthIndicator } from '@probity/nest';
 *
 * @Injectable()
 * export class Storage {
 *   constructor(private readonly database: DatabaseHealthIndicator) {}
 *
 *   check() {
 *     return this.database.isHealthy('database');
 *   }
 * }
 * ```
 */
@Injectable()
export class DatabaseHealthIndicator extends BoardIndicator {
  protected override readonly check = 'database';

  constructor(board: Board, indicators: HealthIndicatorService) {
    super(board, indicators);
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import type { Gauge } from 'prom-client';
import { DatabaseUnavailableError } from '../../database/index.js';
import { answer, BoardCheck, type Check, type WorkflowsReport } from '../../health/index.js';
import { UNFINISHED } from '../executions.metrics.js';
import { EXECUTIONS_OPTIONS, type ExecutionsOptions } from '../executions.options.js';
import { FiguresRepository } from '../store/figures.repository.js';
import { Costly } from './costly.js';
import { assessWorkflows, waitedTooLong, type WorkflowFigures } from './workflows.assess.js';
import '../executions.codes.js';

const RECENT_MS = 600_000;

/** How workflows and executions are doing, as Postgres has it. */
@Injectable()
@BoardCheck()
export class WorkflowsCheck implements Check {
  readonly key = 'workflows';
  readonly cadenceMs = 5000;
  readonly deadlineMs = 5000;
  readonly timeoutCode = 'workflows.unreadable';
  readonly counts = 'informative';
  readonly dependsOn = ['database'];
  private readonly counted: Costly<WorkflowFigures>;

  constructor(
    private readonly indicators: HealthIndicatorService,
    private readonly figures: FiguresRepository,
    @Inject(EXECUTIONS_OPTIONS) private readonly options: Pick<ExecutionsOptions, 'maxWaitMs'>,
    @InjectMetric(UNFINISHED) private readonly unfinished: Gauge<'status'>,
  ) {
    this.counted = new Costly(() => figures.read(RECENT_MS));
  }

  async run(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check(this.key);
    try {
      const { maxWaitMs } = this.options;
      // The verdict is of now, whenever it was that all were counted.
      const late = await this.figures.anyLate(maxWaitMs);
      const counted = await this.counted.read((value) => waitedTooLong(value, maxWaitMs) === late);
      const { value: figures, ageMs } = counted;
      this.unfinished.set({ status: 'queued' }, figures.queued);
      this.unfinished.set({ status: 'running' }, figures.running);
      const { code, message } = assessWorkflows(figures, { late, maxWaitMs, ageMs });
      const { totalWorkflows, ...rest } = figures;
      const report: WorkflowsReport = { totalWorkflows };
      return answer(indicator, code, {
        message,
        details: { totalWorkflows, ...rest, recentMs: RECENT_MS, countedMsAgo: Math.round(ageMs) },
        report,
      });
    } catch (error) {
      if (!(error instanceof DatabaseUnavailableError)) throw error;
      return answer(indicator, 'workflows.unreadable', {
        message: `workflows cannot be read: ${error.message}`,
        details: { cause: error.code },
      });
    }
  }
}

import { Module, type DynamicModule, type Provider } from '@nestjs/common';
import { LlmCallsModule } from '../llm/index.js';
import type { QueueOptions } from '../queue/index.js';
import { ExecutionsController } from './api/executions.controller.js';
import { UnavailableInterceptor } from './api/unavailable.interceptor.js';
import { WorkflowsController } from './api/workflows.controller.js';
import { ReconcilerCheck } from './check/reconciler.check.js';
import { WorkflowsCheck } from './check/workflows.check.js';
import {
  durationMetric,
  finishedMetric,
  reconciledMetric,
  submittedMetric,
  unfinishedMetric,
} from './executions.metrics.js';
import { ExpressionChecker } from './definition/expression-checker.service.js';
import { EXECUTIONS_OPTIONS, type ExecutionsOptions } from './executions.options.js';
import { Reconciler } from './reconcile/reconciler.service.js';
import { Remedies } from './reconcile/remedies.service.js';
import { ExecutionProcessor } from './run/execution.processor.js';
import { ExecutionWatch } from './run/execution-watch.service.js';
import { primaryExecutionWorker } from './run/execution-worker.host.js';
import { InMemoryExecutions } from './run/inmemory-executions.service.js';
import { StepExecutor } from './run/step-executor.service.js';
import { Sandbox } from './sandbox/sandbox.service.js';
import { DelayStepRunner } from './steps/delay.step.js';
import { HttpStepRunner } from './steps/http.step.js';
import { LlmStepRunner } from './steps/llm.step.js';
import { StepRunners } from './steps/step-runners.service.js';
import { TransformStepRunner } from './steps/transform.step.js';
import { ExecutionRepository } from './store/execution.repository.js';
import { FiguresRepository } from './store/figures.repository.js';
import { ReconcileRepository } from './store/reconcile.repository.js';
import { RunRepository } from './store/run.repository.js';
import { SubmissionRepository } from './store/submission.repository.js';
import { WorkflowRepository } from './store/workflow.repository.js';
import { Submissions } from './submit/submission.service.js';

/** The reconciler, once in each process that has anything to do with executions. */
@Module({
  providers: [ReconcileRepository, SubmissionRepository, Reconciler, Remedies, reconciledMetric],
  exports: [SubmissionRepository, ReconcileRepository],
})
export class ReconcilerModule {}

/** `/api/workflows` and `/api/executions`, and the `workflows` check. Needs database and queue. */
@Module({
  imports: [ReconcilerModule],
  controllers: [WorkflowsController, ExecutionsController],
  providers: [
    UnavailableInterceptor,
    WorkflowRepository,
    ExpressionChecker,
    Sandbox,
    ExecutionRepository,
    FiguresRepository,
    Submissions,
    WorkflowsCheck,
    ReconcilerCheck,
    submittedMetric,
    unfinishedMetric,
  ],
})
export class ExecutionsApiModule {
  static forRoot(options: ExecutionsOptions): DynamicModule {
    return { module: ExecutionsApiModule, providers: [{ provide: EXECUTIONS_OPTIONS, useValue: options }] };
  }
}

/** Runs executions. Needs database, queue, language models, and heartbeats that are published. */
@Module({
  imports: [ReconcilerModule, LlmCallsModule],
  providers: [
    RunRepository,
    ExecutionWatch,
    ExecutionProcessor,
    StepExecutor,
    StepRunners,
    DelayStepRunner,
    HttpStepRunner,
    TransformStepRunner,
    LlmStepRunner,
    Sandbox,
    finishedMetric,
    durationMetric,
  ],
})
export class ExecutionsWorkerModule {
  /** `queues` are those of `QueueModule`: a worker of BullMQ is decorated with its queue before there is any module. */
  static forRoot(options: ExecutionsOptions, queues: QueueOptions, instanceId: string): DynamicModule {
    return {
      module: ExecutionsWorkerModule,
      providers: [{ provide: EXECUTIONS_OPTIONS, useValue: options }, ...takers(options, queues, instanceId)],
    };
  }
}

/** Who takes executions from the queue. */
function takers({ concurrency }: ExecutionsOptions, queues: QueueOptions, instanceId: string): Provider[] {
  switch (queues.driver) {
    case 'bullmq':
      return [primaryExecutionWorker(queues, concurrency, instanceId)];
    case 'inmemory':
      return [InMemoryExecutions];
    case 'unusable':
      return [];
  }
}

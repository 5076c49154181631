import type { INestApplicationContext } from '@nestjs/common';
import type { TestingModule } from '@nestjs/testing';
import { DatabaseModule } from '../../../src/modules/database/index.js';
import { ExecutionsApiModule, ExecutionsWorkerModule } from '../../../src/modules/executions/index.js';
import type { Step } from '../../../src/modules/executions/definition/workflow.js';
import { ExecutionRepository } from '../../../src/modules/executions/store/execution.repository.js';
import { WorkflowRepository } from '../../../src/modules/executions/store/workflow.repository.js';
import { Submissions } from '../../../src/modules/executions/submit/submission.service.js';
import { Lifecycle } from '../../../src/modules/health/index.js';
import { HeartbeatModule } from '../../../src/modules/heartbeat/index.js';
import { LlmModule } from '../../../src/modules/llm/index.js';
import { QueueModule } from '../../../src/modules/queue/index.js';
import { WorkModule } from '../../../src/modules/work/index.js';
import {
  databaseOptions,
  executionsOptions,
  heartbeatOptions,
  llmOptions,
  queueOptions,
} from '../../../src/options/index.js';
import { atEnd } from '../../fixtures/cleanup.js';
import { eventually } from '../../fixtures/eventually.js';
import { smallProcess } from '../../fixtures/small-process.js';

export interface Parts {
  readonly work: boolean;
  /** Watches workers and jobs, as the api does. */
  readonly watch?: boolean;
}

/** A process in small: everything that executions need, started, and stopped when the test file has ended. */
export async function startExecutions(
  environment: Record<string, string>,
  parts: Parts,
): Promise<TestingModule> {
  const module = await compileExecutions(environment, parts);
  await module.init();
  atEnd(() => stop(module));
  return module;
}

/** The same, put together and not started. */
export async function compileExecutions(
  environment: Record<string, string>,
  { work, watch = false }: Parts,
): Promise<TestingModule> {
  const module = await smallProcess(environment, (configuration, { instanceId }) => [
    DatabaseModule.forRoot(databaseOptions(configuration)),
    QueueModule.forRoot(queueOptions(configuration)),
    WorkModule.forRoot(queueOptions(configuration)),
    HeartbeatModule.forRoot(heartbeatOptions(configuration, { watch, publish: work })),
    LlmModule.forRoot(llmOptions(configuration)),
    ExecutionsApiModule.forRoot(executionsOptions(configuration)),
    ...(work
      ? [
          ExecutionsWorkerModule.forRoot(
            executionsOptions(configuration),
            queueOptions(configuration),
            instanceId,
          ),
        ]
      : []),
  ]);
  module.useLogger(false);
  return module;
}

const stopped = new WeakSet<INestApplicationContext>();

/** Ends a process in small as SIGTERM ends a real one: drained within the grace, then closed. */
export async function stop(module: INestApplicationContext, graceMs = 1000): Promise<void> {
  if (stopped.has(module)) return;
  stopped.add(module);
  await module.get(Lifecycle).drain(graceMs);
  await module.close();
}

export async function createWorkflow(process: INestApplicationContext, steps: Step[]): Promise<string> {
  return await eventually(
    async () => (await process.get(WorkflowRepository).create({ name: 'test', steps })).id,
  );
}

export async function accepted(process: INestApplicationContext, workflowId: string, input: unknown = {}) {
  // As a client does that is refused: a busy machine's database may not have answered in time.
  return await eventually(async () => {
    const submitted = await process.get(Submissions).submit({ workflowId, input, idempotencyKey: null });
    if (submitted.kind !== 'accepted') throw new Error(`not accepted: ${JSON.stringify(submitted)}`);
    return submitted.id;
  });
}

export function execution(process: INestApplicationContext, id: string) {
  return process.get(ExecutionRepository).find(id);
}

/** Waits until it has ended, and answers it. */
export function ended(process: INestApplicationContext, id: string, timeoutMs = 20_000) {
  return eventually(
    async () => {
      const found = await execution(process, id);
      if (found === null) throw new Error('there is no such execution');
      return found.finishedAt !== null && found;
    },
    { timeoutMs, intervalMs: 50, what: `the end of execution ${id}` },
  );
}

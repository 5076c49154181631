import type { ProcessDefinition } from '../bootstrap/index.js';
import { DatabaseModule } from '../modules/database/index.js';
import { EnvironmentModule } from '../modules/environment/index.js';
import { ExecutionsWorkerModule } from '../modules/executions/index.js';
import { HeartbeatModule } from '../modules/heartbeat/index.js';
import { LlmModule } from '../modules/llm/index.js';
import { QueueModule } from '../modules/queue/index.js';
import { WorkModule } from '../modules/work/index.js';
import {
  databaseOptions,
  environmentOptions,
  executionsOptions,
  heartbeatOptions,
  llmOptions,
  workOptions,
} from '../options/index.js';

/** Runs executions. */
export const executionWorkerProcess: ProcessDefinition = {
  name: 'execution-worker',
  port: (settings) => settings.WORKER_PORT,
  probes: 'own-thread',
  imports: (configuration, { instanceId }) => [
    DatabaseModule.forRoot(databaseOptions(configuration)),
    QueueModule.forRoot(workOptions(configuration)),
    WorkModule.forRoot(workOptions(configuration)),
    HeartbeatModule.forRoot(heartbeatOptions(configuration, { watch: false, publish: true })),
    EnvironmentModule.forRoot(environmentOptions(configuration)),
    LlmModule.forRoot(llmOptions(configuration)),
    ExecutionsWorkerModule.forRoot(executionsOptions(configuration), workOptions(configuration), instanceId),
  ],
};

import type { ProcessDefinition } from '../bootstrap/index.js';
import { AppServerCheckModule } from '../modules/app-server/index.js';
import { DatabaseModule } from '../modules/database/index.js';
import { DeclaredDependenciesModule, EnvironmentModule } from '../modules/environment/index.js';
import { ExecutionsApiModule, ExecutionsWorkerModule } from '../modules/executions/index.js';
import { HeartbeatModule } from '../modules/heartbeat/index.js';
import { LlmCheckModule, LlmModule } from '../modules/llm/index.js';
import { QueueModule } from '../modules/queue/index.js';
import { WorkModule } from '../modules/work/index.js';
import {
  appServerOptions,
  databaseOptions,
  environmentOptions,
  executionsOptions,
  heartbeatOptions,
  llmOptions,
  queueOptions,
  workOptions,
} from '../options/index.js';

/** Takes work in, and answers for all of it. */
export const apiProcess: ProcessDefinition = {
  name: 'api',
  port: (settings) => settings.PORT,
  probes: 'main-thread',
  watchesQueues: true,
  imports: (configuration, { instanceId }) => [
    DatabaseModule.forRoot(databaseOptions(configuration)),
    QueueModule.forRoot(queueOptions(configuration)),
    WorkModule.forRoot(workOptions(configuration)),
    HeartbeatModule.forRoot(
      heartbeatOptions(configuration, { watch: true, publish: configuration.settings.ENABLE_INLINE_WORKER }),
    ),
    EnvironmentModule.forRoot(environmentOptions(configuration)),
    DeclaredDependenciesModule.forRoot(environmentOptions(configuration)),
    LlmModule.forRoot(llmOptions(configuration)),
    LlmCheckModule,
    AppServerCheckModule.forRoot(appServerOptions(configuration)),
    ExecutionsApiModule.forRoot(executionsOptions(configuration)),
    ...(configuration.settings.ENABLE_INLINE_WORKER
      ? [
          ExecutionsWorkerModule.forRoot(
            executionsOptions(configuration),
            workOptions(configuration),
            instanceId,
          ),
        ]
      : []),
  ],
};

import type { ProcessDefinition } from './bootstrap/index.js';
import { AppServerCheckModule, AppServerModule } from './modules/app-server/index.js';
import { DatabaseModule } from './modules/database/index.js';
import { DeclaredDependenciesModule, EnvironmentModule } from './modules/environment/index.js';
import { ExecutionsApiModule, ExecutionsWorkerModule } from './modules/executions/index.js';
import { HeartbeatModule } from './modules/heartbeat/index.js';
import { LlmCheckModule, LlmModule } from './modules/llm/index.js';
import { QueueModule } from './modules/queue/index.js';
import {
  appServerOptions,
  databaseOptions,
  environmentOptions,
  executionsOptions,
  heartbeatOptions,
  llmOptions,
  queueOptions,
} from './options/index.js';

/** What each process is made of; nothing else happens here. */
export const apiProcess: ProcessDefinition = {
  name: 'api',
  port: (settings) => settings.PORT,
  probes: 'main-thread',
  watchesQueues: true,
  imports: (configuration, { instanceId }) => [
    DatabaseModule.forRoot(databaseOptions(configuration)),
    QueueModule.forRoot(queueOptions(configuration)),
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
            queueOptions(configuration),
            instanceId,
          ),
        ]
      : []),
  ],
};

export const executionWorkerProcess: ProcessDefinition = {
  name: 'execution-worker',
  port: (settings) => settings.WORKER_PORT,
  probes: 'own-thread',
  imports: (configuration, { instanceId }) => [
    DatabaseModule.forRoot(databaseOptions(configuration)),
    QueueModule.forRoot(queueOptions(configuration)),
    HeartbeatModule.forRoot(heartbeatOptions(configuration, { watch: false, publish: true })),
    EnvironmentModule.forRoot(environmentOptions(configuration)),
    LlmModule.forRoot(llmOptions(configuration)),
    ExecutionsWorkerModule.forRoot(executionsOptions(configuration), queueOptions(configuration), instanceId),
  ],
};

export const appServerProcess: ProcessDefinition = {
  name: 'app-server-worker',
  port: (settings) => settings.APP_SERVER_PORT,
  probes: 'main-thread',
  imports: (configuration) => [
    EnvironmentModule.forRoot(environmentOptions(configuration)),
    AppServerModule.forRoot(appServerOptions(configuration)),
  ],
};

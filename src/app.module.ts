import type { ProcessDefinition } from './bootstrap/index.js';
import { DeclaredDependenciesModule, EnvironmentModule } from './modules/environment/index.js';
import { LlmCheckModule } from './modules/llm/index.js';
import { QueueModule } from './modules/queue/index.js';

/** What each process is made of; nothing else happens here. */
export const apiProcess: ProcessDefinition = {
  name: 'api',
  port: (settings) => settings.PORT,
  probes: 'main-thread',
  imports: (settings) => [
    QueueModule.forRoot(settings),
    EnvironmentModule,
    DeclaredDependenciesModule,
    LlmCheckModule,
  ],
};

export const executionWorkerProcess: ProcessDefinition = {
  name: 'execution-worker',
  port: (settings) => settings.WORKER_PORT,
  probes: 'own-thread',
  imports: (settings) => [QueueModule.forRoot(settings), EnvironmentModule],
};

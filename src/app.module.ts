import type { ProcessDefinition } from './bootstrap/index.js';

/** What each process is made of; nothing else happens here. */
export const apiProcess: ProcessDefinition = {
  name: 'api',
  port: (settings) => settings.PORT,
  probes: 'main-thread',
  imports: () => [],
};

export const executionWorkerProcess: ProcessDefinition = {
  name: 'execution-worker',
  port: (settings) => settings.WORKER_PORT,
  probes: 'own-thread',
  imports: () => [],
};

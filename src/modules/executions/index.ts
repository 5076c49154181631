export type { ExecutionsOptions } from './executions.options.js';
export { ExecutionsApiModule, ExecutionsWorkerModule } from './executions.module.js';

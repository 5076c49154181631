export { ExecutionsApiModule, ExecutionsWorkerModule } from './executions.module.js';

import './executions.codes.js';

export { ExecutionsApiModule, ExecutionsWorkerModule } from './executions.module.js';

export type { ProcessDefinition } from './process-definition.js';
export { runProcess } from './run-process.js';

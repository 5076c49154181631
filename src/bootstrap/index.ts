export { runProcess, type ProcessDefinition } from './run-process.js';

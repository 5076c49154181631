import './check.codes.js';

export {
  fail,
  healthy,
  warn,
  type Code,
  type CodeDefinition,
  type RestartEffect,
  type RestartTarget,
} from './code.js';
export { adoptCodes, codeDefinition, defineCodes, isCode, registry, runbookOf } from './registry.js';

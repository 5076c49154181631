import './check.codes.js';

export {
  fail,
  healthy,
  warn,
  type Code,
  type CodeDefinition,
  type Kind,
  type RestartEffect,
  type RestartTarget,
  type Trouble,
} from './code.js';
export {
  adoptCodes,
  codeDefinition,
  defineCodes,
  isCode,
  registry,
  runbookOf,
  severityOf,
} from './registry.js';
export { severity } from '../status.js';
export { askApi, askAppServer, askWorker, MONITORING, SUPERVISED_WORKER } from './runbooks.js';

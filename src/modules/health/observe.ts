// The door for whoever only looks and judges: nothing behind it knows of Nest.
export {
  codeDefinition,
  isCode,
  runbookOf,
  type Code,
  type CodeDefinition,
  type RestartEffect,
  type Trouble,
} from './codes/index.js';
export { severity, worst, type Status } from './status.js';

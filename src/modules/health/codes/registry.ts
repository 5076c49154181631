import { checkCodes } from './check.codes.js';
import type { CodeDefinition } from './code.js';
import { queueCodes } from './queue.codes.js';
import { databaseCodes } from './database.codes.js';
import { llmCodes } from './llm.codes.js';
import { environmentCodes } from './environment.codes.js';
import { heartbeatCodes } from './heartbeat.codes.js';
import { executionsCodes } from './executions.codes.js';
import { appServerCodes } from './app-server.codes.js';

/**
 * Every reason that Probity gives, in one place: status, meaning, public message, restart advice, runbook.
 * The areas are files of their own; a code that two of them define fails the start-up and a test.
 */
const areas = [
  checkCodes,
  databaseCodes,
  environmentCodes,
  llmCodes,
  queueCodes,
  heartbeatCodes,
  executionsCodes,
  appServerCodes,
] as const;

type UnionToIntersection<T> = (T extends unknown ? (value: T) => void : never) extends (
  value: infer I,
) => void
  ? I
  : never;
export type Code = keyof UnionToIntersection<(typeof areas)[number]> & string;

export const registry: ReadonlyMap<string, CodeDefinition> = collect(areas);

function collect(all: readonly Record<string, CodeDefinition>[]): ReadonlyMap<string, CodeDefinition> {
  const codes = new Map<string, CodeDefinition>();
  for (const area of all) {
    for (const [code, definition] of Object.entries(area)) {
      if (codes.has(code)) throw new Error(`code ${code} is defined twice in the registry`);
      codes.set(code, definition);
    }
  }
  return codes;
}

export function isCode(value: unknown): value is Code {
  return typeof value === 'string' && registry.has(value);
}

export function codeDefinition(code: Code): CodeDefinition {
  const definition = registry.get(code);
  if (definition === undefined) throw new Error(`code ${code} is not in the registry`);
  return definition;
}

/** The runbook section of a code: its heading is the code, so its anchor is the code without dots. */
export function runbookOf(code: Code): string {
  const page = code.startsWith('app_server.') ? 'supervised-worker.md' : 'production-monitoring.md';
  return `docs/runbooks/${page}#${code.replaceAll('.', '')}`;
}

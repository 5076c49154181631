import { severity } from '../status.js';
import type { Code, CodeDefinition, OfArea, Reason } from './code.js';

const codes = new Map<string, CodeDefinition>();

/** Every reason that this process can give: status, meaning, public message, restart advice, first steps, runbook. */
export const registry: ReadonlyMap<string, CodeDefinition> = codes;

/**
 * Adds the codes of a room, or of an application that has some of its own. Throws when one is known already. Its
 * names become a part of `Code` by `declare global { namespace Probity { interface Codes extends ... {} } }`.
 *
 * @example
 * ```ts
 * import { defineCodes, healthy } from '@probity/nest';
 *
 * const codes = defineCodes(
 *   { runbook: 'https://shop.example/runbook', target: 'self' },
 *   { 'shop.open': healthy('The shop is open.') },
 * );
 *
 * declare global {
 *   namespace Probity {
 *     interface Codes extends Record<keyof typeof codes, true> {}
 *   }
 * }
 * Object.keys(codes); // → ['shop.open']
 * ```
 */
export function defineCodes<Name extends string>(
  area: OfArea,
  reasons: Record<Name, Reason>,
): Readonly<Record<Name, CodeDefinition>> {
  const defined = {} as Record<Name, CodeDefinition>;
  for (const [code, reason] of Object.entries<Reason>(reasons)) {
    if (codes.has(code)) throw new Error(`code ${code} is defined twice`);
    const definition = definitionOf(area, reason);
    defined[code as Name] = definition;
    codes.set(code, definition);
  }
  return defined;
}

function definitionOf(area: OfArea, reason: Reason): CodeDefinition {
  const usual = { restart: 'useless', passesWithinMs: 0, ...area } as const;
  return reason.status === 'pass' ? { ...usual, ...reason } : { ...usual, kind: 'incident', ...reason };
}

/** In a thread that loads no room: it takes over what the main thread knows. */
export function adoptCodes(known: ReadonlyMap<string, CodeDefinition>): void {
  for (const [code, definition] of known) codes.set(code, definition);
}

export function isCode(value: unknown): value is Code {
  return typeof value === 'string' && codes.has(value);
}

/** Throws when no room of this process has defined it. */
export function codeDefinition(code: Code): CodeDefinition {
  const definition = codes.get(code);
  if (definition === undefined) throw new Error(`code ${code} is not in the registry`);
  return definition;
}

/** How bad an answer with this code is; see `severity`. */
export function severityOf(code: Code): number {
  return severity(codeDefinition(code).status);
}

/** The runbook section of a code: its heading is the code, so its anchor is the code without dots. */
export function runbookOf(code: Code): string {
  return `${codeDefinition(code).runbook}#${code.replaceAll('.', '')}`;
}

import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import type { Environment } from './configuration.js';

/** A `.env`, and what is wrong with it: by line, never by what the line holds. */
export interface EnvFile {
  readonly values: Environment;
  readonly problem?: string;
}

const ASSIGNMENT = /^\s*(?:export\s+)?[^\s=#'"`]+\s*=\s*(.*)$/;
const OF_THE_QUEUE = /REDIS|QUEUE/i;

/** Reads it. Never throws: a file that is there and cannot be used is told, for it may have named anything. */
export function readEnvFile(path: string): EnvFile {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return { values: {} };
    const directory = 'is a directory: a mount of a file that did not exist makes one';
    return { values: {}, problem: `.env ${code === 'EISDIR' ? directory : `cannot be read (${code})`}` };
  }
  if (bytes.includes(0)) {
    return { values: {}, problem: '.env is no text in UTF-8 (saved as UTF-16, or binary): save it as UTF-8' };
  }
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  const values = parseEnv(text);
  const bad = badLine(text.split(/\r?\n/));
  if (bad === undefined) return { values };
  const of = OF_THE_QUEUE.test(bad.line) ? ' (a setting of the queue)' : '';
  return { values, problem: `.env is malformed: line ${bad.number}${of} is no NAME=value` };
}

/** The first line that is neither an assignment, a comment, blank, nor the inside of a quoted value. */
function badLine(lines: readonly string[]): { readonly number: number; readonly line: string } | undefined {
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] ?? '';
    if (/^\s*(#|$)/.test(line)) continue;
    const value = ASSIGNMENT.exec(line)?.[1];
    if (value === undefined) return { number: at + 1, line };
    const quote = /^["'`]/.exec(value)?.[0];
    if (quote === undefined || value.indexOf(quote, 1) !== -1) continue;
    const end = lines.findIndex((each, index) => index > at && each.includes(quote));
    if (end === -1) return { number: at + 1, line };
    at = end;
  }
  return undefined;
}

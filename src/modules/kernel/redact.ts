import { REDACTED, redactShapes } from './secret-shapes.js';

/**
 * Replaces every secret that is known, in whichever case and however it is written, and everything that has the
 * shape of one, by `[redacted]`. Takes a time that grows with the length of the text, and no faster.
 */
export type Redact = (text: string) => string;

/** Inject with `@Inject(REDACT) redact: Redact`. */
export const REDACT = Symbol('REDACT');

export function createRedact(secrets: readonly string[]): Redact {
  const values = patternOf(secrets);
  return (text) => redactShapes(values === null ? text : text.replace(values, REDACTED));
}

/**
 * Words that every text about a platform is made of. A secret that is one of them is guessed at the first attempt,
 * and to hide it wherever it stands would leave no sentence readable; beside a name or in a URL it is hidden still.
 */
const ORDINARY = new Set(
  `postgres postgresql redis rediss valkey password passwd secret token admin administrator root user username default
   test testing example guest probity execution executions worker workers queue queues health database bull bullmq
   codex openai anthropic litellm server service localhost production development staging true false null undefined
   none application connection authentication message error status`.split(/\s+/),
);
/** A short word is hidden only where it stands alone: `prod` is no part of `production`. */
const SHORT = 8;
/** Lines of a secret of several lines, which a log shows one by one. */
const LINE_MIN = 16;

function patternOf(secrets: readonly string[]): RegExp | null {
  const worth = secrets.filter((secret) => secret !== '' && !ORDINARY.has(secret.toLowerCase()));
  const written = [...new Set(worth.flatMap(waysToWrite))].sort((a, b) => b.length - a.length);
  if (written.length === 0) return null;
  return new RegExp(written.map(literal).join('|'), 'gi');
}

function literal(secret: string): string {
  const escaped = secret.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
  return secret.length < SHORT && /^[A-Za-z0-9]+$/.test(secret)
    ? `(?<![A-Za-z0-9])${escaped}(?![A-Za-z0-9])`
    : escaped;
}

/** A secret looks different inside JSON, in JSON inside JSON, and inside a URL. */
function waysToWrite(secret: string): string[] {
  const lines = secret.split(/\r?\n/).filter((line) => line !== secret && line.length >= LINE_MIN);
  const json = escapedInJson(secret);
  return [secret, json, escapedInJson(json), inUrl(secret), ...lines];
}

const escapedInJson = (text: string) => JSON.stringify(text).slice(1, -1);

function inUrl(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    // Half of a character cannot be written so.
    return text;
  }
}

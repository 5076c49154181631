import type { ReachedLimit } from '@probity/worker/wire';
import { severityOf } from '../../health/codes/index.js';
import type { Code } from '../../health/index.js';

/** What is to be said of one queue, or of several. */
export interface Verdict {
  readonly code: Code;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}

/** The worst of them; of equals the first, and this one where none is worse. */
export function worstOf(first: Verdict, others: readonly Verdict[]): Verdict {
  return others.reduce((a, b) => (severityOf(b.code) > severityOf(a.code) ? b : a), first);
}

export function seconds(ms: number): string {
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}

export function plural(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? '' : 's'}`;
}

/** What something is called, behind its id; nothing where nobody said. */
export function inBrackets(name: string | null): string {
  return name === null ? '' : ` (${name})`;
}

export function limitInWords(limit: ReachedLimit): string {
  switch (limit.kind) {
    case 'pause':
      return 'a pause of the queue';
    case 'rate':
      return `its rate limit (the next job may start in ${seconds(limit.leftMs)})`;
    case 'concurrency':
      return `the concurrency limit of the queue (${limit.limit})`;
  }
}

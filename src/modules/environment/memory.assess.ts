import type { Code } from '../health/index.js';

/** One limit and how much of it is used, in bytes. */
export interface MemoryUse {
  readonly name: 'container' | 'heap';
  readonly used: number;
  readonly limit: number;
}

export interface MemoryAssessment {
  readonly code: Code;
  readonly message: string;
}

const WARN = 0.85;
const FAIL = 0.95;

/** The tightest limit decides. */
export function assessMemory(uses: readonly MemoryUse[]): MemoryAssessment {
  const [tightest] = uses
    .filter((use) => use.limit > 0)
    .map((use) => ({ ...use, share: use.used / use.limit }))
    .sort((a, b) => b.share - a.share);
  if (tightest === undefined) return { code: 'memory.ok', message: 'No memory limit is known.' };
  const { name, used, limit, share } = tightest;
  const message = `The ${name} uses ${mb(used)} of ${mb(limit)} MB (${Math.round(share * 100)} %)`;
  if (share >= FAIL) return { code: 'memory.critical', message };
  return { code: share >= WARN ? 'memory.high' : 'memory.ok', message };
}

const mb = (bytes: number) => Math.round(bytes / 1_048_576);

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Verdict } from './fault.js';
import type { NaiveAnswer } from './naive.js';

/** How a fault went; times are ms. `scripts/faults.mjs` makes its table of these. */
export type FaultRecord = { readonly id: string; readonly title: string } & (
  | {
      readonly outcome: 'seen';
      readonly expected: Verdict;
      readonly seen: { readonly code: string | null; readonly message: string | null };
      readonly witness: string | null;
      readonly detectedMs: number;
      readonly detectWithinMs: number;
      readonly recoveredMs: number;
      readonly recoverWithinMs: number;
      readonly naive: NaiveAnswer;
    }
  | { readonly outcome: 'skipped' | 'failed'; readonly why: string }
);

const DIR = fileURLToPath(new URL('../../../.data/faults/rows', import.meta.url));
let count = 0;

/** Keeps a row for the table; each has a file of its own, for the tests run in several processes. */
export function keep(record: FaultRecord): void {
  mkdirSync(DIR, { recursive: true });
  const readable = (_key: string, value: unknown) => (value instanceof RegExp ? value.source : value);
  writeFileSync(
    join(DIR, `${record.id}-${process.pid}-${count++}.json`),
    JSON.stringify(record, readable, 2),
  );
}

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Verdict } from './fault.js';
import type { NaiveAnswer } from './naive.js';

/** One row of the table that `npm run faults` prints. Times are ms. */
export interface FaultRecord {
  readonly id: string;
  readonly title: string;
  readonly expected: Verdict;
  readonly seen: { readonly code: string | null; readonly message: string | null };
  readonly witness: string | null;
  readonly detectedMs: number;
  readonly detectWithinMs: number;
  readonly recoveredMs: number;
  readonly recoverWithinMs: number;
  readonly naive: NaiveAnswer;
}

const DIR = fileURLToPath(new URL('../../../.data/faults/rows', import.meta.url));
let count = 0;

/** Keeps a row for the table; each has a file of its own, for the tests run in several processes. */
export function keep(record: FaultRecord): void {
  mkdirSync(DIR, { recursive: true });
  const { says, ...expected } = record.expected;
  const row = { ...record, expected: { ...expected, says: says?.source ?? null } };
  writeFileSync(join(DIR, `${record.id}-${process.pid}-${count++}.json`), JSON.stringify(row, null, 2));
}

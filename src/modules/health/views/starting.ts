import { withCauses } from '../board/board.state.js';
import type { Snapshot } from '../board/snapshot.js';
import type { Code } from '../codes/index.js';

/** So long after its start a process may have checks that have not answered yet, and be no failure as a whole. */
export const STARTING_MS = 10_000;

const NOT_YET: ReadonlySet<Code> = new Set<Code>(['check.pending', 'process.starting']);

/**
 * The board as `/api/production/health` sees it while the process starts: what has not answered yet is a warning.
 * Readiness sees it as it is: nothing should come here before everything has answered.
 */
export function asStarting(snapshot: Snapshot): Snapshot {
  const checks = snapshot.checks.map((each) =>
    NOT_YET.has(each.code) ? { ...each, status: 'warn' as const } : each,
  );
  return { ...snapshot, checks: withCauses(checks) };
}

import { readFileSync } from 'node:fs';
import type { Identity } from '../runtime.js';

/** Identity of a process that outlives its supervisor: a pid alone is reused, this is not. */
export interface ProcessIdentity extends Identity {
  readonly kind: 'process';
  readonly pid: number;
  /** Start time in clock ticks since boot, from `/proc/<pid>/stat`. */
  readonly startTicks: string;
  readonly bootId: string;
}

export function isProcessIdentity(identity: Identity): identity is ProcessIdentity {
  return identity.kind === 'process';
}

/** The identity of a running process; null when it has ended (a zombie has), or where there is no `/proc`. */
export function identify(pid: number): ProcessIdentity | null {
  const stat = readOrNull(`/proc/${pid}/stat`);
  const bootId = readOrNull('/proc/sys/kernel/random/boot_id');
  if (stat === null || bootId === null) return null;
  // The name before the last parenthesis may hold anything; the state is field 3, the start time field 22.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const startTicks = fields[19];
  if (startTicks === undefined || fields[0] === 'Z' || fields[0] === 'X') return null;
  return { kind: 'process', pid, startTicks, bootId: bootId.trim() };
}

/** Whether that very process still runs, and not another that got its pid. */
export function isSameProcess(identity: ProcessIdentity): boolean {
  const now = identify(identity.pid);
  return now !== null && now.startTicks === identity.startTicks && now.bootId === identity.bootId;
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

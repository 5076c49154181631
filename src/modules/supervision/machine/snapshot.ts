import { unreachable } from './supervisor.moves.state.js';
import type { LastExit, SupervisorEvent, SupervisorState } from './supervisor.types.js';

/** The supervisor's answer to "how is it?", for health reports. Times are epoch ms. */
export interface SupervisorSnapshot {
  readonly state: SupervisorState['phase']['kind'];
  readonly running: boolean;
  readonly ready: boolean;
  readonly pid: number | null;
  /** The current or last life, counted from 1; 0 before the first. */
  readonly incarnation: number;
  readonly restartsTotal: number;
  readonly consecutiveFailures: number;
  /** The restart budget is spent, and no sustained health has been seen since. */
  readonly exhausted: boolean;
  /** The delay that was chosen; null unless it waits for a restart. */
  readonly nextRestartDelayMs: number | null;
  readonly nextRestartAt: number | null;
  readonly lastExit: LastExit | null;
  readonly lastReadyAt: number | null;
  readonly startupLatencyMs: number | null;
  /** Why it is not ready; null when it is. */
  readonly reason: string | null;
  readonly lastLogLine: string | null;
}

export function snapshotOf(
  { phase, memory }: SupervisorState,
  notReadyReason: string | null,
  lastLogLine: string | null,
): SupervisorSnapshot {
  const waiting = phase.kind === 'backing_off' || phase.kind === 'exhausted' ? phase : null;
  const life = 'startedAt' in phase ? phase : null;
  const ready = phase.kind === 'running' && phase.readySince !== null;
  return {
    state: phase.kind,
    running: life !== null && life.pid !== null,
    ready,
    pid: life?.pid ?? null,
    incarnation: memory.incarnation,
    restartsTotal: memory.restartsTotal,
    consecutiveFailures: memory.restarts.consecutiveFailures,
    exhausted: memory.restarts.exhausted,
    nextRestartDelayMs: waiting?.delayMs ?? null,
    nextRestartAt: waiting?.until ?? null,
    lastExit: memory.lastExit,
    lastReadyAt: memory.lastReadyAt,
    startupLatencyMs: memory.startupLatencyMs,
    reason: ready ? null : notReadyReason,
    lastLogLine,
  };
}

/** Why it is not ready after this event; null when it is. */
export function notReadyReason(event: SupervisorEvent, before: string | null): string | null {
  switch (event.type) {
    case 'starting':
      return 'it is starting';
    case 'ready':
      return null;
    case 'not_ready':
    case 'backing_off':
    case 'restart_limit_exceeded':
      return event.reason;
    case 'resumed':
      return event.ready ? null : before;
    case 'stopping':
      return event.cause;
    case 'stopped':
      return 'it is stopped';
    case 'started':
    case 'startup_passed':
    case 'stable':
    case 'probe_failed':
    case 'exited':
      return before;
    default:
      return unreachable(event);
  }
}

import type { SupervisorSnapshot } from '../../supervision/index.js';
import type { AppServerState } from './app-server.state.js';

/**
 * What `/healthz` of this process says beyond the board, in the names of the wire contract. `details` of an
 * operator only: the public gets the same shape without pid, log lines and errors.
 */
export function healthReport(
  state: AppServerState,
  snapshot: SupervisorSnapshot | null,
  enabled: boolean,
  audience: 'operator' | 'public',
): Record<string, unknown> {
  const operator = audience === 'operator';
  const counted = countedOf(snapshot, operator);
  const details = operator ? counted : {};
  const { readiness, liveness, shutdown } = state;
  const { handshake } = readiness;
  return {
    app_server_enabled: enabled,
    health: {
      readiness: {
        ready: readiness.ready,
        reason: readiness.reason,
        since: iso(readiness.since),
        last_change_at: iso(readiness.lastChangeAt),
        handshake: handshake === null ? null : { at: iso(handshake.at), models: handshake.models },
        details:
          operator && readiness.message !== null ? { ...details, message: readiness.message } : details,
      },
      liveness: { live: liveness.live, reason: liveness.reason, since: iso(liveness.since), details },
    },
    worker_supervisor: {
      enabled,
      running: snapshot?.running ?? false,
      ready: readiness.ready,
      shutdown_in_flight: shutdown === 'draining' || shutdown === 'stopping',
      pid: operator ? (snapshot?.pid ?? null) : null,
      ...counted,
      last_log_sample: operator ? (snapshot?.lastLogLine ?? null) : null,
      metrics: {
        codex_worker_restarts_total: counted.restarts_total,
        codex_worker_latency_ms: counted.startup_latency_ms,
      },
    },
  };
}

export interface SupervisorCounts {
  readonly restarts_total: number;
  readonly consecutive_failures: number;
  readonly next_restart_delay_ms: number;
  readonly last_exit: {
    readonly at: string | null;
    readonly code: number | null;
    readonly signal: string | null;
    readonly error: string | null;
  } | null;
  readonly last_ready_at: string | null;
  readonly startup_latency_ms: number | null;
}

export function countedOf(snapshot: SupervisorSnapshot | null, operator: boolean): SupervisorCounts {
  const exit = snapshot?.lastExit ?? null;
  return {
    restarts_total: snapshot?.restartsTotal ?? 0,
    consecutive_failures: snapshot?.consecutiveFailures ?? 0,
    next_restart_delay_ms: snapshot?.nextRestartDelayMs ?? 0,
    last_exit:
      exit === null
        ? null
        : { at: iso(exit.at), code: exit.code, signal: exit.signal, error: operator ? exit.error : null },
    last_ready_at: iso(snapshot?.lastReadyAt ?? null),
    startup_latency_ms: snapshot?.startupLatencyMs ?? null,
  };
}

function iso(epochMs: number | null): string | null {
  return epochMs === null ? null : new Date(epochMs).toISOString();
}

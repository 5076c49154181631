import type { Reason } from './reasons.js';

/** Whether requests may come, and why. Times are epoch ms. */
export interface Readiness {
  readonly ready: boolean;
  readonly reason: Reason;
  /** What happened, for a person; null when the reason says it all. */
  readonly message: string | null;
  /** When `ready` became what it is. */
  readonly since: number;
  /** When `ready` or `reason` last changed. */
  readonly lastChangeAt: number;
  /** Of the present life; null until it is done. */
  readonly handshake: Handshake | null;
}

export interface Handshake {
  readonly at: number;
  readonly models: readonly string[];
}

/** Whether a restart of this process would help. */
export interface LivenessView {
  readonly live: boolean;
  readonly reason: Reason;
  readonly since: number;
}

export interface AppServerState {
  readonly readiness: Readiness;
  readonly liveness: LivenessView;
  /** `draining` refuses requests, `stopping` ends the child. */
  readonly shutdown: 'no' | 'draining' | 'stopping' | 'done';
}

/** What happens to the child, in the order of a life. */
export type AppServerInput =
  | { readonly type: 'disabled' }
  | { readonly type: 'initialized' }
  | { readonly type: 'launching' }
  | { readonly type: 'spawned' }
  | { readonly type: 'handshake_done'; readonly models: readonly string[] }
  | { readonly type: 'handshake_failed'; readonly message: string }
  | { readonly type: 'ready' }
  | { readonly type: 'wedged'; readonly message: string }
  /** The supervisor ends it, for a cause of its own. */
  | { readonly type: 'ending'; readonly cause: string }
  | { readonly type: 'exited'; readonly message: string }
  /** Why it does not start was found out after its end. */
  | { readonly type: 'diagnosed'; readonly message: string }
  | { readonly type: 'restarting' }
  | { readonly type: 'limit_exceeded'; readonly message: string }
  | { readonly type: 'drain' }
  | { readonly type: 'stop' }
  | { readonly type: 'stopped' };

/** Readiness or liveness became what it was not. `elapsedMs` is how long it had been the other. */
export interface Flip {
  readonly of: 'readiness' | 'liveness';
  readonly value: boolean;
  readonly reason: Reason;
  readonly message: string | null;
  readonly elapsedMs: number;
}

export interface AppServerTransition {
  readonly state: AppServerState;
  readonly effects: readonly Flip[];
}

export function initialAppServer(now: number): AppServerState {
  const reason = 'supervisor_not_initialized';
  return {
    readiness: { ready: false, reason, message: null, since: now, lastChangeAt: now, handshake: null },
    liveness: { live: true, reason, since: now },
    shutdown: 'no',
  };
}

/**
 * ```
 * launching ──► handshake_pending ──► handshake_complete (ready) ──► worker_wedged
 *     ▲               │ handshake_failed          │                       │
 *     │               ▼                           ▼                       ▼
 *     └───────── worker_exit ◄─────────────────────────────────────────────
 *                     │ budget spent
 *                     └──► restart_limit_exceeded: not live, retried slowly until it is ready again
 * ```
 * Once it is shut down nothing of the child counts any more. `now` is epoch ms.
 */
export function next(state: AppServerState, input: AppServerInput, now: number): AppServerTransition {
  const after = move(state, input, now);
  return { state: after, effects: flips(state, after, now) };
}

function move(state: AppServerState, input: AppServerInput, now: number): AppServerState {
  switch (input.type) {
    case 'drain':
      if (state.shutdown !== 'no') return state;
      return live(notReady({ ...state, shutdown: 'draining' }, 'shutdown_initiated', null, now), now, {
        reason: 'shutdown_in_progress',
      });
    case 'stop':
      return live(notReady({ ...state, shutdown: 'stopping' }, 'shutdown_in_progress', null, now), now, {
        reason: 'shutdown_in_progress',
      });
    case 'stopped':
      return live(notReady({ ...state, shutdown: 'done' }, 'shutdown_complete', null, now), now, {
        reason: 'shutdown_complete',
      });
    default:
      return state.shutdown === 'no' ? ofLife(state, input, now) : state;
  }
}

function ofLife(
  state: AppServerState,
  input: Exclude<AppServerInput, { type: 'drain' | 'stop' | 'stopped' }>,
  now: number,
): AppServerState {
  switch (input.type) {
    case 'disabled':
      return live(notReady(state, 'app_server_disabled', null, now), now, { reason: 'app_server_disabled' });
    case 'initialized':
      return live(notReady(state, 'worker_not_started', null, now), now, { reason: 'worker_starting' });
    case 'launching':
      return notReady(withHandshake(state, null), 'worker_launching', null, now);
    case 'spawned':
      return live(notReady(state, 'handshake_pending', null, now), now, { reason: 'worker_running' });
    case 'handshake_done':
      return withHandshake(state, { at: now, models: input.models });
    case 'handshake_failed':
      return notReady(state, 'handshake_failed', input.message, now);
    case 'ready':
      return live(
        { ...state, readiness: become(state.readiness, true, 'handshake_complete', null, now) },
        now,
        {
          reason: 'worker_running',
          revive: true,
        },
      );
    case 'wedged':
      return notReady(state, 'worker_wedged', input.message, now);
    case 'ending':
      // What made the supervisor end it has been said, unless it ran out of time to start.
      return state.readiness.reason === 'worker_launching' || state.readiness.reason === 'handshake_pending'
        ? notReady(state, 'handshake_failed', input.cause, now)
        : notReady(state, state.readiness.ready ? 'worker_exit' : state.readiness.reason, input.cause, now);
    case 'exited':
      return notReady(withHandshake(state, null), 'worker_exit', input.message, now);
    case 'diagnosed':
      return notReady(state, state.readiness.reason, input.message, now);
    case 'restarting':
      return live(state, now, { reason: 'worker_restarting' });
    case 'limit_exceeded': {
      const { liveness } = state;
      const since = liveness.live ? now : liveness.since;
      const dead = { ...state, liveness: { live: false, reason: 'restart_limit_exceeded', since } as const };
      return notReady(dead, 'restart_limit_exceeded', input.message, now);
    }
    default:
      return unreachable(input);
  }
}

/** While the budget is spent that is the reason, whatever the slow attempts come to. */
function notReady(
  state: AppServerState,
  reason: Reason,
  message: string | null,
  now: number,
): AppServerState {
  const spent = !state.liveness.live && state.shutdown === 'no';
  const said = spent ? 'restart_limit_exceeded' : reason;
  const why = spent ? (message ?? state.readiness.message) : message;
  return { ...state, readiness: become(state.readiness, false, said, why, now) };
}

function become(
  before: Readiness,
  ready: boolean,
  reason: Reason,
  message: string | null,
  now: number,
): Readiness {
  const flipped = ready !== before.ready;
  return {
    ...before,
    ready,
    reason,
    message,
    since: flipped ? now : before.since,
    lastChangeAt: flipped || reason !== before.reason ? now : before.lastChangeAt,
  };
}

/** Only readiness, or a shutdown that was asked for, revives what has spent its budget. */
function live(
  state: AppServerState,
  now: number,
  { reason, revive = state.shutdown !== 'no' }: { reason: Reason; revive?: boolean },
): AppServerState {
  const { liveness } = state;
  if (!liveness.live && !revive) return state;
  const since = liveness.live && liveness.reason === reason ? liveness.since : now;
  return { ...state, liveness: { live: true, reason, since } };
}

function withHandshake(state: AppServerState, handshake: Handshake | null): AppServerState {
  return { ...state, readiness: { ...state.readiness, handshake } };
}

function flips(before: AppServerState, after: AppServerState, now: number): readonly Flip[] {
  const found: Flip[] = [];
  const { readiness, liveness } = after;
  if (readiness.ready !== before.readiness.ready) {
    const { ready: value, reason, message } = readiness;
    found.push({ of: 'readiness', value, reason, message, elapsedMs: now - before.readiness.since });
  }
  if (liveness.live !== before.liveness.live) {
    const { live: value, reason } = liveness;
    const { message } = readiness;
    found.push({ of: 'liveness', value, reason, message, elapsedMs: now - before.liveness.since });
  }
  return found;
}

function unreachable(value: never): never {
  throw new Error(`Unhandled input ${JSON.stringify(value)}`);
}

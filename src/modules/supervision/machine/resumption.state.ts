import type { Identity } from '../runtime.js';
import { withoutFuture } from './restart.policy.js';
import { emit, isAlive, same } from './supervisor.moves.state.js';
import type { Phase, Resumption, SupervisorPolicy, SupervisorState, Transition } from './supervisor.types.js';

// How a life goes on that an earlier supervisor left running.

/** What is to be kept of it; null where nothing would be found. */
export function resumptionOf(
  { phase, memory }: SupervisorState,
  identity: Identity | null,
): Resumption | null {
  if (identity === null || !isAlive(phase)) return null;
  const started = phase.kind === 'running';
  const ready = started && phase.readySince !== null;
  return { memory, identity, startedAt: phase.startedAt, started, ready };
}

/**
 * It is as it was left: the same life, ready if it was, with all that was remembered. Nothing is forgiven, for only a
 * person who starts it does that, and sustained health has to be seen anew.
 */
export function resume(
  state: SupervisorState,
  { memory: kept, identity, startedAt, started, ready }: Resumption,
  now: number,
  policy: SupervisorPolicy,
): Transition {
  if (state.phase.kind !== 'stopped') return same(state);
  const memory = { ...kept, restarts: withoutFuture(kept.restarts, now) };
  const readySince = ready || !policy.awaitsReadiness ? now : null;
  const phase: Phase =
    started || !policy.awaitsStartup
      ? { kind: 'running', startedAt, pid: null, readySince }
      : { kind: 'starting', startedAt, pid: null };
  return {
    state: { phase, memory },
    effects: [{ type: 'adopt', incarnation: memory.incarnation, identity }],
  };
}

/** Its runtime has found it, as the process of that id. */
export function found({ phase, memory }: SupervisorState, pid: number | null): Transition {
  if (phase.kind !== 'running' || phase.pid !== null) return same({ phase, memory });
  const ready = phase.readySince !== null;
  return {
    state: { memory, phase: { ...phase, pid } },
    effects: [emit({ type: 'resumed', incarnation: memory.incarnation, pid, ready })],
  };
}

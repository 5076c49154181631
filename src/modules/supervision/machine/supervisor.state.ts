import { describeExit, type Exit } from '../exit.js';
import { decideRestart, decideRetry, forgive, isForgiven, NO_RESTARTS } from './restart.policy.js';
import { found, resume } from './resumption.state.js';
import {
  becomeReady,
  emit,
  isAlive,
  launch,
  loseReadiness,
  same,
  stopped,
  terminate,
  toRunning,
  unreachable,
} from './supervisor.moves.state.js';
import type {
  Memory,
  SupervisorEffect,
  SupervisorInput,
  SupervisorPolicy,
  SupervisorState,
  Transition,
} from './supervisor.types.js';

type About<T extends SupervisorInput['type']> = Extract<SupervisorInput, { type: T }>;

export function initialSupervisorState(): SupervisorState {
  return {
    phase: { kind: 'stopped' },
    memory: {
      incarnation: 0,
      restartsTotal: 0,
      restarts: NO_RESTARTS,
      lastExit: null,
      lastReadyAt: null,
      startupLatencyMs: null,
    },
  };
}

/** The machine of the supervisor. `now` is epoch ms, `random` in [0, 1); see `Phase` for the diagram. */
export function next(
  state: SupervisorState,
  input: SupervisorInput,
  now: number,
  random: number,
  policy: SupervisorPolicy,
): Transition {
  if ('incarnation' in input && input.incarnation !== state.memory.incarnation) return same(state);
  switch (input.type) {
    case 'start':
      return start(state, now);
    case 'resumed':
      return resume(state, input, now, policy);
    case 'stop':
      return stop(state, input.reason, now, policy);
    case 'tick':
      return tick(state, now, policy);
    case 'spawned':
      return spawned(state, input, now, policy);
    case 'startup_passed':
      return startupPassed(state, now, policy);
    case 'readiness':
      return readiness(state, input, now);
    case 'restart':
      return restart(state, input, now, policy);
    case 'died':
      return died(state, input.exit, now, random, policy);
    default:
      return unreachable(input);
  }
}

/** Epoch ms at which a `tick` is due, or null. A tick that comes early changes nothing. */
export function deadline({ phase, memory }: SupervisorState, policy: SupervisorPolicy): number | null {
  switch (phase.kind) {
    case 'stopped':
      return null;
    case 'starting':
      return policy.awaitsStartup ? phase.startedAt + policy.startupTimeoutMs : null;
    case 'running':
      return phase.readySince === null || isForgiven(memory.restarts)
        ? null
        : phase.readySince + policy.restart.healthyAfterMs;
    case 'stopping':
      return phase.killAt;
    case 'backing_off':
    case 'exhausted':
      return phase.until;
    default:
      return unreachable(phase);
  }
}

function start(state: SupervisorState, now: number): Transition {
  const { phase, memory } = state;
  if (phase.kind === 'stopping') return same({ ...state, phase: { ...phase, then: 'start' } });
  if (phase.kind !== 'stopped') return same(state);
  return launch({ ...memory, restarts: forgive(memory.restarts) }, now);
}

function stop(state: SupervisorState, reason: string, now: number, policy: SupervisorPolicy): Transition {
  const { phase, memory } = state;
  switch (phase.kind) {
    case 'stopped':
      return same(state);
    case 'stopping':
      return same({ ...state, phase: { ...phase, then: 'stop' } });
    case 'backing_off':
    case 'exhausted':
      return { state: { phase: { kind: 'stopped' }, memory }, effects: [stopped(memory)] };
    case 'starting':
    case 'running':
      return terminate(state, phase, { cause: reason, then: 'stop', graceMs: policy.graceMs }, now);
    default:
      return unreachable(phase);
  }
}

/** Once it is on its way out nothing else ends it, until it is another life. */
function restart(
  state: SupervisorState,
  { incarnation, reason, probe, graceMs }: About<'restart'>,
  now: number,
  policy: SupervisorPolicy,
): Transition {
  if (!isAlive(state.phase)) return same(state);
  const end = { cause: reason, then: 'restart', graceMs: graceMs ?? policy.graceMs } as const;
  const ended = terminate(state, state.phase, end, now);
  if (probe === undefined) return ended;
  return {
    ...ended,
    effects: [emit({ type: 'probe_failed', incarnation, probe, reason }), ...ended.effects],
  };
}

function tick(state: SupervisorState, now: number, policy: SupervisorPolicy): Transition {
  const { phase, memory } = state;
  const due = deadline(state, policy);
  if (due === null || now < due) return same(state);
  const { incarnation } = memory;
  switch (phase.kind) {
    case 'starting':
      return terminate(
        state,
        phase,
        {
          cause: `did not start within ${policy.startupTimeoutMs} ms`,
          then: 'restart',
          graceMs: policy.graceMs,
        },
        now,
      );
    case 'running':
      return {
        state: { phase, memory: { ...memory, restarts: forgive(memory.restarts) } },
        effects: [emit({ type: 'stable', incarnation })],
      };
    case 'stopping':
      return {
        state: { memory, phase: { ...phase, killAt: null } },
        effects: [{ type: 'kill', incarnation }],
      };
    case 'backing_off':
    case 'exhausted':
      return launch({ ...memory, restartsTotal: memory.restartsTotal + 1 }, now);
    case 'stopped':
      return same(state);
    default:
      return unreachable(phase);
  }
}

function spawned(
  state: SupervisorState,
  { pid, incarnation }: About<'spawned'>,
  now: number,
  policy: SupervisorPolicy,
): Transition {
  const { phase, memory } = state;
  if (phase.kind === 'stopping') return same({ memory, phase: { ...phase, pid } });
  if (phase.kind !== 'starting') return found(state, pid);
  const alive = { ...phase, pid };
  const born = emit({ type: 'started', incarnation, pid });
  if (policy.awaitsStartup) return { state: { memory, phase: alive }, effects: [born] };
  const running = toRunning(state, alive, now, policy);
  return { ...running, effects: [born, ...running.effects] };
}

function startupPassed(state: SupervisorState, now: number, policy: SupervisorPolicy): Transition {
  const { phase, memory } = state;
  if (phase.kind !== 'starting') return same(state);
  const running = toRunning(state, phase, now, policy);
  const passed = emit({ type: 'startup_passed', incarnation: memory.incarnation });
  return { ...running, effects: [passed, ...running.effects] };
}

function readiness(state: SupervisorState, { ready, reason }: About<'readiness'>, now: number): Transition {
  const { phase, memory } = state;
  if (phase.kind !== 'running' || ready === (phase.readySince !== null)) return same(state);
  if (ready) return becomeReady(phase, memory, now);
  return {
    state: { memory, phase: { ...phase, readySince: null } },
    effects: loseReadiness(phase, memory, reason, now),
  };
}

function died(
  state: SupervisorState,
  exit: Exit,
  now: number,
  random: number,
  policy: SupervisorPolicy,
): Transition {
  const { phase } = state;
  if (phase.kind !== 'stopping' && !isAlive(phase)) return same(state);
  const cause = phase.kind === 'stopping' ? phase.cause : null;
  const lastExit = { ...exit, at: now, lastedMs: now - phase.startedAt, cause };
  const memory: Memory = { ...state.memory, lastExit };
  const { incarnation } = memory;
  const told: SupervisorEffect[] = [
    ...loseReadiness(phase, memory, describeExit(exit), now),
    emit({ type: 'exited', incarnation, pid: phase.pid, ...lastExit }),
  ];
  const then = phase.kind === 'stopping' ? phase.then : 'restart';
  if (then === 'stop') {
    return { state: { phase: { kind: 'stopped' }, memory }, effects: [...told, stopped(memory)] };
  }
  if (then === 'start') {
    const launched = launch({ ...memory, restarts: forgive(memory.restarts) }, now);
    return { ...launched, effects: [...told, ...launched.effects] };
  }
  const why = cause === null ? describeExit(exit) : `${cause} and ${describeExit(exit)}`;
  const { pace, delayMs, reason, history } = exit.starved
    ? decideRetry(memory.restarts, why, random, policy.restart)
    : decideRestart(memory.restarts, why, now, random, policy.restart);
  const slow = pace === 'slow';
  return {
    state: {
      phase: { kind: slow ? 'exhausted' : 'backing_off', until: now + delayMs, delayMs, reason },
      memory: { ...memory, restarts: history },
    },
    effects: [
      ...told,
      emit({ type: slow ? 'restart_limit_exceeded' : 'backing_off', incarnation, delayMs, reason }),
    ],
  };
}

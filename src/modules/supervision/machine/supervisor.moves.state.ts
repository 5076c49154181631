import type {
  Memory,
  Phase,
  SupervisorEffect,
  SupervisorEvent,
  SupervisorPolicy,
  SupervisorState,
  Transition,
} from './supervisor.types.js';

// The moves that the machine in supervisor.state.ts is made of.

export type PhaseOf<K extends Phase['kind']> = Extract<Phase, { kind: K }>;
export type Alive = PhaseOf<'starting' | 'running'>;

export function launch(memory: Memory, now: number): Transition {
  const incarnation = memory.incarnation + 1;
  return {
    state: { phase: { kind: 'starting', startedAt: now, pid: null }, memory: { ...memory, incarnation } },
    effects: [emit({ type: 'starting', incarnation }), { type: 'start', incarnation }],
  };
}

export function toRunning(
  { memory }: SupervisorState,
  { startedAt, pid }: PhaseOf<'starting'>,
  now: number,
  policy: SupervisorPolicy,
): Transition {
  const phase: PhaseOf<'running'> = { kind: 'running', startedAt, pid, readySince: null };
  return policy.awaitsReadiness ? same({ phase, memory }) : becomeReady(phase, memory, now);
}

export function becomeReady(phase: PhaseOf<'running'>, memory: Memory, now: number): Transition {
  const elapsedMs = now - phase.startedAt;
  const first = memory.lastReadyAt === null || memory.lastReadyAt < phase.startedAt;
  return {
    state: {
      phase: { ...phase, readySince: now },
      memory: { ...memory, lastReadyAt: now, startupLatencyMs: first ? elapsedMs : memory.startupLatencyMs },
    },
    effects: [emit({ type: 'ready', incarnation: memory.incarnation, elapsedMs })],
  };
}

export function terminate(
  { memory }: SupervisorState,
  phase: Alive,
  { cause, then, graceMs }: { cause: string; then: 'stop' | 'restart'; graceMs: number },
  now: number,
): Transition {
  const { startedAt, pid } = phase;
  const killAt = now + graceMs;
  const { incarnation } = memory;
  return {
    state: { memory, phase: { kind: 'stopping', startedAt, pid, cause, then, killAt } },
    effects: [
      ...loseReadiness(phase, memory, cause, now),
      emit({ type: 'stopping', incarnation, cause }),
      { type: 'terminate', incarnation },
    ],
  };
}

export function loseReadiness(phase: Phase, memory: Memory, reason: string, now: number): SupervisorEffect[] {
  if (phase.kind !== 'running' || phase.readySince === null) return [];
  const elapsedMs = now - phase.readySince;
  return [emit({ type: 'not_ready', incarnation: memory.incarnation, reason, elapsedMs })];
}

export function isAlive(phase: Phase): phase is Alive {
  return phase.kind === 'starting' || phase.kind === 'running';
}

export function stopped({ incarnation }: Memory): SupervisorEffect {
  return emit({ type: 'stopped', incarnation });
}

export function emit(event: SupervisorEvent): SupervisorEffect {
  return { type: 'emit', event };
}

export function same(state: SupervisorState): Transition {
  return { state, effects: [] };
}

export function unreachable(value: never): never {
  throw new Error(`Unhandled case ${JSON.stringify(value)}`);
}

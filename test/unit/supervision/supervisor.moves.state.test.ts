import { describe, expect, it } from '@jest/globals';
import { DEFAULT_RESTART_POLICY } from '../../../src/modules/supervision/machine/restart.policy.js';
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
} from '../../../src/modules/supervision/machine/supervisor.moves.state.js';
import { initialSupervisorState } from '../../../src/modules/supervision/machine/supervisor.state.js';
import type { Phase, SupervisorPolicy } from '../../../src/modules/supervision/machine/supervisor.types.js';

const POLICY: SupervisorPolicy = {
  restart: DEFAULT_RESTART_POLICY,
  startupTimeoutMs: 8000,
  graceMs: 5000,
  awaitsStartup: true,
  awaitsReadiness: true,
};
const memory = { ...initialSupervisorState().memory, incarnation: 3, restartsTotal: 2, lastReadyAt: 500 };
const life = { startedAt: 1000, pid: 7 };
const starting = { kind: 'starting', ...life } as const;
const running = (readySince: number | null) => ({ kind: 'running', readySince, ...life }) as const;
const waiting = { until: 9000, delayMs: 500, reason: 'it died' };

describe('a launch', () => {
  it('starts the next life, whose process is not known yet, and says so first', () => {
    expect(launch(memory, 4000)).toEqual({
      state: {
        phase: { kind: 'starting', startedAt: 4000, pid: null },
        memory: { ...memory, incarnation: 4 },
      },
      effects: [
        { type: 'emit', event: { type: 'starting', incarnation: 4 } },
        { type: 'start', incarnation: 4 },
      ],
    });
  });
});

describe('a life that has started', () => {
  it('runs and waits for readiness where there is a probe of it', () => {
    expect(toRunning({ phase: starting, memory }, starting, 1040, POLICY)).toEqual({
      state: { phase: running(null), memory },
      effects: [],
    });
  });

  it('is ready at once where there is none', () => {
    const policy = { ...POLICY, awaitsReadiness: false };
    expect(toRunning({ phase: starting, memory }, starting, 1040, policy)).toEqual({
      state: { phase: running(1040), memory: { ...memory, lastReadyAt: 1040, startupLatencyMs: 40 } },
      effects: [{ type: 'emit', event: { type: 'ready', incarnation: 3, elapsedMs: 40 } }],
    });
  });
});

describe('a life that becomes ready', () => {
  it.each([
    ['ever', null],
    ['of its own', 999],
  ])('for the first time %s tells how long it took to start', (_which, lastReadyAt) => {
    const { state } = becomeReady(running(null), { ...memory, lastReadyAt, startupLatencyMs: 9 }, 1250);
    expect(state.memory).toEqual({ ...memory, lastReadyAt: 1250, startupLatencyMs: 250 });
  });

  it('for the first time ever does so at any time, even at the very beginning of it', () => {
    const { state } = becomeReady({ ...running(null), startedAt: 0 }, { ...memory, lastReadyAt: null }, 60);
    expect(state.memory.startupLatencyMs).toBe(60);
  });

  it.each([1000, 1200])('again, after it was at %i, leaves that as it was', (lastReadyAt) => {
    const before = { ...memory, lastReadyAt, startupLatencyMs: 9 };
    expect(becomeReady(running(null), before, 1250)).toEqual({
      state: { phase: running(1250), memory: { ...before, lastReadyAt: 1250 } },
      effects: [{ type: 'emit', event: { type: 'ready', incarnation: 3, elapsedMs: 250 } }],
    });
  });
});

describe('a termination', () => {
  const end = (phase: typeof starting | ReturnType<typeof running>, then: 'stop' | 'restart' = 'restart') =>
    terminate({ phase, memory }, phase, { cause: 'wedged', then, graceMs: 5000 }, 4000);
  const asked = [
    { type: 'emit', event: { type: 'stopping', incarnation: 3, cause: 'wedged' } },
    { type: 'terminate', incarnation: 3 },
  ];

  it.each(['stop', 'restart'] as const)('remembers its cause, when to kill, and to %s after it', (then) => {
    expect(end(starting, then)).toEqual({
      state: {
        memory,
        phase: { kind: 'stopping', startedAt: 1000, pid: 7, cause: 'wedged', then, killAt: 9000 },
      },
      effects: asked,
    });
  });

  it('of what is ready says first that it no longer is', () => {
    const lost = { type: 'not_ready', incarnation: 3, reason: 'wedged', elapsedMs: 2900 };
    expect(end(running(1100)).effects).toEqual([{ type: 'emit', event: lost }, ...asked]);
    expect(end(running(null)).effects).toEqual(asked);
  });
});

describe('readiness', () => {
  it('is lost by what had it, and lasted from then on', () => {
    expect(loseReadiness(running(1100), memory, 'busy', 1350)).toEqual([
      { type: 'emit', event: { type: 'not_ready', incarnation: 3, reason: 'busy', elapsedMs: 250 } },
    ]);
    expect(loseReadiness(running(0), memory, 'busy', 1350)).toHaveLength(1);
  });

  it.each<Phase>([
    { kind: 'stopped' },
    starting,
    running(null),
    { kind: 'stopping', ...life, cause: 'wedged', then: 'stop', killAt: null },
    { kind: 'backing_off', ...waiting },
  ])('is not lost by $kind, which has none', (phase) => {
    expect(loseReadiness(phase, memory, 'busy', 1350)).toEqual([]);
  });
});

describe('what is alive', () => {
  it.each<[Phase, boolean]>([
    [starting, true],
    [running(null), true],
    [running(1100), true],
    [{ kind: 'stopped' }, false],
    [{ kind: 'stopping', ...life, cause: 'wedged', then: 'stop', killAt: null }, false],
    [{ kind: 'backing_off', ...waiting }, false],
    [{ kind: 'exhausted', ...waiting }, false],
  ])('is known of %j: %s', (phase, alive) => {
    expect(isAlive(phase)).toBe(alive);
  });
});

describe('the small moves', () => {
  it('publish an event as it is, and a stop with the life that it ended', () => {
    const event = { type: 'stable', incarnation: 3 } as const;
    expect(emit(event)).toEqual({ type: 'emit', event });
    expect(stopped(memory)).toEqual({ type: 'emit', event: { type: 'stopped', incarnation: 3 } });
  });

  it('may change nothing at all', () => {
    const state = { phase: starting, memory };
    const { state: after, effects } = same(state);
    expect(after).toBe(state);
    expect(effects).toEqual([]);
  });

  it('refuse a case that nobody thought of, by its value', () => {
    expect(() => unreachable({ kind: 'new' } as never)).toThrow(new Error('Unhandled case {"kind":"new"}'));
  });
});

import { describe, expect, it } from '@jest/globals';
import { DEFAULT_RESTART_POLICY } from '../../../src/modules/supervision/machine/restart.policy.js';
import { found, resume, resumptionOf } from '../../../src/modules/supervision/machine/resumption.state.js';
import { initialSupervisorState } from '../../../src/modules/supervision/machine/supervisor.state.js';
import type {
  Phase,
  Resumption,
  SupervisorPolicy,
} from '../../../src/modules/supervision/machine/supervisor.types.js';

const POLICY: SupervisorPolicy = {
  restart: DEFAULT_RESTART_POLICY,
  startupTimeoutMs: 8000,
  graceMs: 5000,
  awaitsStartup: true,
  awaitsReadiness: true,
};
const identity = { kind: 'process' };
const memory = {
  ...initialSupervisorState().memory,
  incarnation: 3,
  restartsTotal: 2,
  restarts: { restarts: [500, 4000, 9000], consecutiveFailures: 2, exhausted: true },
};
const left: Resumption = { memory, identity, startedAt: 1000, started: true, ready: true };
const resumed = (how: Partial<Resumption> = {}, policy: Partial<SupervisorPolicy> = {}) =>
  resume(initialSupervisorState(), { ...left, ...how }, 4000, { ...POLICY, ...policy });

describe('a life that is resumed', () => {
  it('is looked for by its identity, and remembered without the restarts of the future', () => {
    expect(resumed()).toEqual({
      state: {
        phase: { kind: 'running', startedAt: 1000, pid: null, readySince: 4000 },
        memory: { ...memory, restarts: { ...memory.restarts, restarts: [500, 4000] } },
      },
      effects: [{ type: 'adopt', incarnation: 3, identity }],
    });
  });

  it('is not ready when it was not', () => {
    expect(resumed({ ready: false }).state.phase).toMatchObject({ kind: 'running', readySince: null });
  });

  it('is ready where nothing asks for that', () => {
    const { phase } = resumed({ ready: false }, { awaitsReadiness: false }).state;
    expect(phase).toMatchObject({ kind: 'running', readySince: 4000 });
  });

  it('is still starting when it was, with the time that it has had', () => {
    expect(resumed({ started: false, ready: false }).state.phase).toEqual({
      kind: 'starting',
      startedAt: 1000,
      pid: null,
    });
  });

  it('has started where nothing asks for that', () => {
    expect(resumed({ started: false }, { awaitsStartup: false }).state.phase.kind).toBe('running');
  });

  it('is none where one is started already', () => {
    const state = { phase: { kind: 'starting', startedAt: 1, pid: 7 }, memory } as const;
    const after = resume(state, left, 4000, POLICY);
    expect(after.state).toBe(state);
    expect(after.effects).toEqual([]);
  });
});

describe('a life that was found', () => {
  const running: Phase = { kind: 'running', startedAt: 1000, pid: null, readySince: null };

  it.each([
    [null, false],
    [4000, true],
  ])('is told of as it was left (ready since %s: %s)', (readySince, ready) => {
    expect(found({ phase: { ...running, readySince }, memory }, 7)).toEqual({
      state: { phase: { ...running, readySince, pid: 7 }, memory },
      effects: [{ type: 'emit', event: { type: 'resumed', incarnation: 3, pid: 7, ready } }],
    });
  });

  it('is found once', () => {
    const state = { phase: { ...running, pid: 7 }, memory };
    expect(found(state, 8)).toEqual({ state, effects: [] });
    const starting = { phase: { kind: 'starting', startedAt: 1000, pid: null } as const, memory };
    expect(found(starting, 8)).toEqual({ state: starting, effects: [] });
    const stopped = { phase: { kind: 'stopped' } as const, memory };
    expect(found(stopped, 8)).toEqual({ state: stopped, effects: [] });
  });
});

describe('what is kept of a life', () => {
  const life = { startedAt: 1000, pid: 7 };

  it.each<[Phase, boolean, boolean]>([
    [{ kind: 'starting', ...life }, false, false],
    [{ kind: 'running', readySince: null, ...life }, true, false],
    [{ kind: 'running', readySince: 1200, ...life }, true, true],
  ])('of %j says whether it has started (%s) and is ready (%s)', (phase, started, ready) => {
    expect(resumptionOf({ phase, memory }, identity)).toEqual({
      memory,
      identity,
      startedAt: 1000,
      started,
      ready,
    });
  });

  it('is nothing without an identity, or when it is on its way out', () => {
    expect(resumptionOf({ phase: { kind: 'starting', ...life }, memory }, null)).toBeNull();
    const stopping: Phase = { kind: 'stopping', ...life, cause: 'wedged', then: 'restart', killAt: null };
    expect(resumptionOf({ phase: stopping, memory }, identity)).toBeNull();
  });
});

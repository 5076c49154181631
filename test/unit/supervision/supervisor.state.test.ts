import { describe, expect, it } from '@jest/globals';
import type { Exit } from '../../../src/modules/supervision/exit.js';
import { DEFAULT_RESTART_POLICY } from '../../../src/modules/supervision/machine/restart.policy.js';
import {
  deadline,
  initialSupervisorState,
  next,
} from '../../../src/modules/supervision/machine/supervisor.state.js';
import type {
  SupervisorEffect,
  SupervisorInput,
  SupervisorPolicy,
} from '../../../src/modules/supervision/machine/supervisor.types.js';

const POLICY: SupervisorPolicy = {
  restart: DEFAULT_RESTART_POLICY,
  startupTimeoutMs: 8_000,
  graceMs: 5_000,
  awaitsStartup: true,
  awaitsReadiness: true,
};
const CODE_1: Exit = { code: 1, signal: null, error: null };
const SIGKILLED: Exit = { code: null, signal: 'SIGKILL', error: null };
const STARVED: Exit = { code: null, signal: null, error: 'spawn EAGAIN', starved: true };
const NOT_FOUND: Exit = { code: null, signal: null, error: 'codex is not on the PATH' };

/** Its budget is spent, and it runs and is ready. */
const LEFT: SupervisorInput = {
  type: 'resumed',
  memory: {
    ...initialSupervisorState().memory,
    incarnation: 6,
    restartsTotal: 5,
    lastReadyAt: 500,
    restarts: { restarts: [400], consecutiveFailures: 3, exhausted: true },
  },
  identity: { kind: 'process' },
  startedAt: 400,
  started: true,
  ready: true,
};

/** The machine with its time and what it said; effects are named `start 1`, events by their type. */
class Driver {
  state = initialSupervisorState();
  now = 1_000;
  said: string[] = [];
  effects: SupervisorEffect[] = [];

  constructor(readonly policy: SupervisorPolicy = POLICY) {}

  feed(...inputs: SupervisorInput[]): this {
    for (const input of inputs) {
      const { state, effects } = next(this.state, input, this.now, 1, this.policy);
      this.state = state;
      this.effects = [...effects];
      this.said = effects.map((effect) =>
        effect.type === 'emit' ? effect.event.type : `${effect.type} ${effect.incarnation}`,
      );
    }
    return this;
  }

  after(ms: number): this {
    this.now += ms;
    return this.feed({ type: 'tick' });
  }

  ready(): this {
    const { incarnation } = this.state.memory;
    return this.feed(
      { type: 'spawned', incarnation, pid: 100 + incarnation },
      { type: 'startup_passed', incarnation },
      { type: 'readiness', incarnation, ready: true, reason: '' },
    );
  }

  dies(exit: Exit = CODE_1): this {
    return this.feed({ type: 'died', incarnation: this.state.memory.incarnation, exit });
  }

  get kind() {
    return this.state.phase.kind;
  }
}

const started = (policy?: SupervisorPolicy) => new Driver(policy).feed({ type: 'start' });

describe('supervisor state machine', () => {
  it('starts the first incarnation and is not ready before both probes pass', () => {
    const it = started();
    expect(it.said).toEqual(['starting', 'start 1']);
    it.feed({ type: 'spawned', incarnation: 1, pid: 7 });
    expect([it.kind, ...it.said]).toEqual(['starting', 'started']);
    it.feed({ type: 'startup_passed', incarnation: 1 });
    expect(it.said).toEqual(['startup_passed']);
    expect(it.state.phase).toMatchObject({ kind: 'running', readySince: null, pid: 7 });
    it.feed({ type: 'readiness', incarnation: 1, ready: true, reason: '' });
    expect(it.said).toEqual(['ready']);
  });

  it('is ready as soon as it is spawned when it has no probes', () => {
    const it = started({ ...POLICY, awaitsStartup: false, awaitsReadiness: false });
    it.now += 40;
    it.feed({ type: 'spawned', incarnation: 1, pid: 7 });
    expect(it.said).toEqual(['started', 'ready']);
    expect(it.state.memory).toMatchObject({ startupLatencyMs: 40, lastReadyAt: it.now });
  });

  it('tells of lost readiness before the exit, and backs off', () => {
    const it = started().ready().dies();
    expect(it.said).toEqual(['not_ready', 'exited', 'backing_off']);
    expect(it.state.phase).toMatchObject({ kind: 'backing_off', delayMs: 500 });
  });

  it('starts again only when the backoff is over, as a new incarnation that counts', () => {
    const it = started().dies();
    expect(it.after(499).said).toEqual([]);
    expect(it.after(1).said).toEqual(['starting', 'start 2']);
    expect(it.state.memory.restartsTotal).toBe(1);
  });

  it('takes error and exit of one life as one death', () => {
    const it = started().dies(NOT_FOUND);
    const { memory } = it.state;
    it.dies(CODE_1);
    expect(it.said).toEqual([]);
    expect(it.state.memory).toBe(memory);
  });

  it('ignores whatever comes from an earlier incarnation', () => {
    const it = started().dies().after(500).ready();
    const before = it.state;
    it.feed(
      { type: 'died', incarnation: 1, exit: CODE_1 },
      { type: 'readiness', incarnation: 1, ready: false, reason: 'late' },
      { type: 'spawned', incarnation: 1, pid: 1 },
      { type: 'restart', incarnation: 1, reason: 'late' },
    );
    expect(it.state).toBe(before);
  });

  it('terminates once after a restart was asked for, and holds until the identity changes', () => {
    const it = started().ready().feed({ type: 'restart', incarnation: 1, reason: 'wedged' });
    expect(it.said).toEqual(['not_ready', 'stopping', 'terminate 1']);
    it.feed({ type: 'restart', incarnation: 1, reason: 'wedged again' });
    it.feed({ type: 'readiness', incarnation: 1, ready: true, reason: '' });
    expect(it.said).toEqual([]);
    it.dies(SIGKILLED);
    expect(it.state.memory.lastExit).toMatchObject({ signal: 'SIGKILL', cause: 'wedged' });
    expect(it.state.phase).toMatchObject({
      reason: expect.stringContaining('wedged and was killed by SIGKILL'),
    });
    it.feed({ type: 'restart', incarnation: 1, reason: 'wedged still' });
    expect(it.kind).toBe('backing_off');
  });

  it('ends a life for a failed probe, and says first which it was and what it said', () => {
    const it = started().ready();
    it.feed({ type: 'restart', incarnation: 1, reason: 'mute', probe: 'liveness' });
    expect(it.said).toEqual(['probe_failed', 'not_ready', 'stopping', 'terminate 1']);
    expect(it.effects[0]).toEqual({
      type: 'emit',
      event: { type: 'probe_failed', incarnation: 1, probe: 'liveness', reason: 'mute' },
    });
    expect(it.state.phase).toMatchObject({ kind: 'stopping', cause: 'mute', then: 'restart' });
    it.feed({ type: 'restart', incarnation: 1, reason: 'mute still', probe: 'liveness' });
    expect(it.said).toEqual([]);
  });

  it('ends a life that fails its startup probe before it has started', () => {
    const it = started().feed({ type: 'spawned', incarnation: 1, pid: 7 });
    it.feed({ type: 'restart', incarnation: 1, reason: 'refused', probe: 'startup' });
    expect(it.said).toEqual(['probe_failed', 'stopping', 'terminate 1']);
    expect(it.dies().state.memory.restarts.consecutiveFailures).toBe(1);
  });

  it.each([
    ['the grace of the probe, which wins over its own', 9_000, 9_000],
    ['no grace at all when the probe has none to give', 0, 0],
    ['its own grace when the probe names none', undefined, 5_000],
  ])('gives %s', (_which, graceMs, expected) => {
    const it = started().ready();
    it.feed({ type: 'restart', incarnation: 1, reason: 'mute', probe: 'liveness', graceMs });
    expect(it.state.phase).toMatchObject({ killAt: it.now + expected });
  });

  it('has started once, whatever its startup probe says later', () => {
    const it = started().ready();
    const before = it.state;
    expect(it.feed({ type: 'startup_passed', incarnation: 1 }).said).toEqual([]);
    expect(it.state).toBe(before);
  });

  it('keeps the first cause of a termination when a stop follows, and then stays stopped', () => {
    const it = started().ready().feed({ type: 'restart', incarnation: 1, reason: 'wedged' });
    it.feed({ type: 'stop', reason: 'shutdown' }).dies();
    expect(it.said).toEqual(['exited', 'stopped']);
    expect(it.state.memory.lastExit?.cause).toBe('wedged');
    expect(deadline(it.state, POLICY)).toBeNull();
  });

  it('starts at once after a stop that a start overtook', () => {
    const it = started().ready().feed({ type: 'stop', reason: 'reload' }, { type: 'start' }).dies();
    expect(it.said).toEqual(['exited', 'starting', 'start 2']);
    expect(it.state.memory.restartsTotal).toBe(0);
  });

  it('kills once when the grace is over', () => {
    const it = started().ready().feed({ type: 'stop', reason: 'shutdown' });
    expect(it.after(4_999).said).toEqual([]);
    expect(it.after(1).said).toEqual(['kill 1']);
    expect(it.after(60_000).said).toEqual([]);
  });

  it('ends a life that does not start in time, and counts that', () => {
    const it = started().feed({ type: 'spawned', incarnation: 1, pid: 7 });
    expect(it.after(8_000).said).toEqual(['stopping', 'terminate 1']);
    it.dies();
    expect(it.state.memory.restarts.consecutiveFailures).toBe(1);
    expect(it.state.memory.lastExit?.cause).toBe('did not start within 8000 ms');
  });

  it('never restarts for lost readiness', () => {
    const it = started().ready().feed({ type: 'readiness', incarnation: 1, ready: false, reason: 'busy' });
    expect([it.kind, ...it.said]).toEqual(['running', 'not_ready']);
  });

  it('forgives failures only after sustained readiness', () => {
    const it = started().dies().after(500).ready();
    it.now += 20_000;
    it.feed({ type: 'readiness', incarnation: 2, ready: false, reason: 'busy' });
    it.feed({ type: 'readiness', incarnation: 2, ready: true, reason: '' });
    expect(it.after(29_999).state.memory.restarts.consecutiveFailures).toBe(1);
    expect(it.after(1).said).toEqual(['stable']);
    expect(it.state.memory.restarts.consecutiveFailures).toBe(0);
    expect(deadline(it.state, POLICY)).toBeNull();
  });

  it('spends the budget on failed starts too, says so, and never stops trying', () => {
    const it = started();
    for (let death = 0; death < 25; death += 1) it.dies(NOT_FOUND).after(5_000);
    it.dies(NOT_FOUND);
    expect(it.said).toEqual(['exited', 'restart_limit_exceeded']);
    expect(it.state.phase).toMatchObject({ kind: 'exhausted', delayMs: 60_000 });
    expect(it.after(60_000).said).toEqual(['starting', 'start 27']);
    expect(it.dies(NOT_FOUND).kind).toBe('exhausted');
  });

  it('spends nothing on starts for which there was no room, and waits ever longer for it', () => {
    const it = started();
    for (let attempt = 0; attempt < 100; attempt += 1) it.dies(STARVED).after(5_000);
    expect(it.dies(STARVED).said).toEqual(['exited', 'backing_off']);
    expect(it.state.phase).toMatchObject({ kind: 'backing_off', delayMs: 5_000 });
    it.after(5_000).ready().dies();
    expect(it.state.phase).toMatchObject({
      kind: 'backing_off',
      reason: expect.stringContaining('restart 1 of at most 25'),
    });
  });

  it('stops at once while it waits', () => {
    const it = started().dies().feed({ type: 'stop', reason: 'shutdown' });
    expect([it.kind, ...it.said]).toEqual(['stopped', 'stopped']);
    expect(it.after(60_000).said).toEqual([]);
  });

  it('stops a life that is not spawned yet', () => {
    const it = started().feed({ type: 'stop', reason: 'shutdown' });
    expect(it.said).toEqual(['stopping', 'terminate 1']);
    it.feed({ type: 'spawned', incarnation: 1, pid: 7 });
    expect(it.state.phase).toMatchObject({ kind: 'stopping', pid: 7 });
    expect(it.dies().kind).toBe('stopped');
  });

  it('goes on where it was left when it is resumed: the same life, ready as it was, and nothing flips', () => {
    const it = new Driver().feed(LEFT);
    expect(it.said).toEqual(['adopt 6']);
    expect(it.state.phase).toEqual({ kind: 'running', startedAt: 400, pid: null, readySince: 1_000 });
    it.feed({ type: 'spawned', incarnation: 6, pid: 70 });
    expect(it.said).toEqual(['resumed']);
    expect(it.state.phase).toMatchObject({ kind: 'running', pid: 70 });
    expect(it.state.memory).toMatchObject({ incarnation: 6, restartsTotal: 5 });
    expect(it.dies().state.memory.lastExit?.lastedMs).toBe(600);
  });

  it('does not forgive a spent budget when it is resumed, as a start by a person does', () => {
    const it = new Driver().feed(LEFT).feed({ type: 'died', incarnation: 6, exit: NOT_FOUND });
    expect(it.said).toEqual(['not_ready', 'exited', 'restart_limit_exceeded']);
    it.feed({ type: 'stop', reason: 'maintenance' }, { type: 'start' });
    expect(it.state.memory.restarts).toMatchObject({ exhausted: false, consecutiveFailures: 0 });
  });

  it('takes no notice of a resumption once it was started', () => {
    const it = started();
    const before = it.state;
    expect(it.feed(LEFT).said).toEqual([]);
    expect(it.state).toBe(before);
  });

  it('ignores a tick that comes early, and a second start', () => {
    const it = started();
    const before = it.state;
    it.feed({ type: 'tick' }, { type: 'start' });
    expect(it.state).toBe(before);
  });
});

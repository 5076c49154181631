import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { initialSupervisorState } from '../../../src/modules/supervision/machine/supervisor.state.js';
import type { Phase, SupervisorInput } from '../../../src/modules/supervision/machine/supervisor.types.js';
import { LifeProbes, type ProbesOfLife } from '../../../src/modules/supervision/probing/life-probes.js';
import type { SupervisorProbe } from '../../../src/modules/supervision/probing/probe-loop.js';
import type { ProbeOutcome } from '../../../src/modules/supervision/probing/threshold.state.js';

const PERIOD_MS = 100;
const LIFE = { startedAt: 1000, pid: 7 };
const STARTING: Phase = { kind: 'starting', ...LIFE };
const RUNNING: Phase = { kind: 'running', readySince: null, ...LIFE };
const STOPPING: Phase = { kind: 'stopping', ...LIFE, cause: 'wedged', then: 'restart', killAt: null };

let probes: LifeProbes | undefined;
beforeEach(() => void jest.useFakeTimers());
afterEach(() => {
  probes?.aim({ phase: { kind: 'stopped' }, memory: initialSupervisorState().memory }, 0);
  jest.useRealTimers();
});

function watch(which: (probe: (kind: string, extra?: object) => SupervisorProbe) => ProbesOfLife) {
  const asked: string[] = [];
  const fed: SupervisorInput[] = [];
  const reasons: string[] = [];
  const answers: Record<string, ProbeOutcome['outcome']> = {};
  const probe = (kind: string, extra: object = {}): SupervisorProbe => ({
    periodMs: PERIOD_MS,
    timeoutMs: 1000,
    run: ({ incarnation }) => {
      asked.push(`${kind} ${incarnation}`);
      return Promise.resolve({ outcome: answers[kind] ?? 'pass', message: `${kind} says so` });
    },
    ...extra,
  });
  const watched = new LifeProbes(which(probe), {
    feed: (input) => void fed.push(input),
    notReady: (message) => void reasons.push(message),
    cannotTell: () => undefined,
  });
  probes = watched;
  const aim = (phase: Phase, incarnation = 1, now = 1000) =>
    watched.aim({ phase, memory: { ...initialSupervisorState().memory, incarnation } }, now);
  const periods = (count: number) => jest.advanceTimersByTimeAsync(count * PERIOD_MS);
  return { asked, fed, reasons, answers, aim, periods };
}

const all = (probe: (kind: string, extra?: object) => SupervisorProbe): ProbesOfLife => ({
  startupProbe: probe('startup'),
  livenessProbe: probe('liveness', { graceMs: 30 }),
  readinessProbe: probe('readiness'),
});

describe('the probes of a life', () => {
  it('are its startup probe alone until that has passed', async () => {
    const { asked, fed, aim, periods } = watch(all);
    aim({ ...STARTING, pid: null });
    await periods(1);
    expect(asked).toEqual([]);
    aim(STARTING);
    await periods(1);
    expect(asked).toEqual(['startup 1', 'startup 1']);
    expect(fed).toEqual([{ type: 'startup_passed', incarnation: 1 }]);
  });

  it('are liveness and readiness side by side then, at once and not a period later', async () => {
    const { asked, aim, periods } = watch(all);
    aim(STARTING);
    await periods(0);
    asked.length = 0;
    aim(RUNNING);
    expect(asked).toEqual(['liveness 1', 'readiness 1']);
    aim({ ...RUNNING, readySince: 1000 });
    await periods(1);
    expect(asked).toEqual(['liveness 1', 'readiness 1', 'liveness 1', 'readiness 1']);
  });

  it('are none once it is to end', async () => {
    const { asked, aim, periods } = watch(all);
    aim(RUNNING);
    aim(STOPPING);
    asked.length = 0;
    await periods(3);
    expect(asked).toEqual([]);
  });

  it('begin anew for another life, with verdicts of their own', async () => {
    const { asked, fed, aim, periods } = watch(all);
    aim(RUNNING);
    await periods(0);
    aim(RUNNING, 2);
    await periods(0);
    expect(asked).toEqual(['liveness 1', 'readiness 1', 'liveness 2', 'readiness 2']);
    expect(fed).toEqual([
      { type: 'readiness', incarnation: 1, ready: true, reason: 'readiness says so' },
      { type: 'readiness', incarnation: 2, ready: true, reason: 'readiness says so' },
    ]);
  });

  it('wait for their initial delay from the start of the life, whenever they are asked for', async () => {
    const { asked, aim } = watch((probe) => ({ livenessProbe: probe('liveness', { initialDelayMs: 500 }) }));
    aim(RUNNING, 1, LIFE.startedAt + 460);
    await jest.advanceTimersByTimeAsync(39);
    expect(asked).toEqual([]);
    await jest.advanceTimersByTimeAsync(1);
    expect(asked).toEqual(['liveness 1']);
  });
});

describe('the probes of a life that was resumed', () => {
  it('begin with the verdicts that it was left with, so that nothing flips', async () => {
    const { fed, reasons, answers, aim, periods } = watch((probe) => ({
      readinessProbe: probe('readiness'),
    }));
    aim({ ...RUNNING, readySince: 1000 });
    await periods(3);
    expect(fed).toEqual([]);
    answers['readiness'] = 'fail';
    await periods(2);
    expect([fed, reasons]).toEqual([[], []]);
    await periods(1);
    expect(fed).toEqual([{ type: 'readiness', incarnation: 1, ready: false, reason: 'readiness says so' }]);
  });

  it('wait until it was found', async () => {
    const { asked, aim, periods } = watch(all);
    aim({ ...RUNNING, pid: null, readySince: 1000 });
    await periods(2);
    expect(asked).toEqual([]);
    aim({ ...RUNNING, readySince: 1000 });
    expect(asked).toEqual(['liveness 1', 'readiness 1']);
  });
});

describe('a liveness probe', () => {
  it('that has failed as often as it may ends the life, with its own grace', async () => {
    const { fed, answers, aim, periods } = watch((probe) => ({
      livenessProbe: probe('liveness', { graceMs: 30 }),
    }));
    answers['liveness'] = 'fail';
    aim(RUNNING);
    await periods(1);
    expect(fed).toEqual([]);
    await periods(1);
    expect(fed).toEqual([
      { type: 'restart', incarnation: 1, reason: 'liveness says so', probe: 'liveness', graceMs: 30 },
    ]);
  });

  it('that passes, cannot tell, or is skipped, does nothing', async () => {
    const { fed, answers, aim, periods } = watch((probe) => ({ livenessProbe: probe('liveness') }));
    aim(RUNNING);
    for (const outcome of ['pass', 'error', 'skipped'] as const) {
      answers['liveness'] = outcome;
      await periods(4);
    }
    expect(fed).toEqual([]);
  });
});

describe('a readiness probe', () => {
  it('that fails never ends the life', async () => {
    const { fed, reasons, answers, aim, periods } = watch((probe) => ({
      readinessProbe: probe('readiness'),
    }));
    aim(RUNNING);
    await periods(0);
    answers['readiness'] = 'fail';
    await periods(6);
    expect(fed.map((input) => input.type)).toEqual(['readiness', 'readiness']);
    expect(fed.at(-1)).toMatchObject({ ready: false, reason: 'readiness says so' });
    expect(reasons).toContain('readiness says so');
  });
});

describe('a startup probe', () => {
  it('that fails as often as it says ends the life', async () => {
    const { fed, answers, aim, periods } = watch((probe) => ({
      startupProbe: probe('startup', { failureThreshold: 2 }),
    }));
    answers['startup'] = 'fail';
    aim(STARTING);
    await periods(4);
    expect(fed).toEqual([
      { type: 'restart', incarnation: 1, reason: 'startup says so', probe: 'startup', graceMs: undefined },
    ]);
  });

  it('that says no threshold has all the time that a start may take', async () => {
    const { fed, answers, aim, periods } = watch((probe) => ({ startupProbe: probe('startup') }));
    answers['startup'] = 'fail';
    aim(STARTING);
    await periods(20);
    expect(fed).toEqual([]);
    answers['startup'] = 'pass';
    await periods(1);
    expect(fed).toEqual([{ type: 'startup_passed', incarnation: 1 }]);
  });
});

import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { ProbeLoop, type SupervisorProbe } from '../../../src/modules/supervision/probing/probe-loop.js';
import type { ProbeOutcome } from '../../../src/modules/supervision/probing/threshold.state.js';
import { eventually } from '../../fixtures/eventually.js';

const pass: ProbeOutcome = { outcome: 'pass', message: 'fine' };
const loops: ProbeLoop[] = [];
afterEach(() => {
  loops.splice(0).forEach((loop) => loop.stop());
  jest.useRealTimers();
});

function watch(probe: Partial<SupervisorProbe> & Pick<SupervisorProbe, 'run'>, firstInMs = 0) {
  const seen: string[] = [];
  const loop = new ProbeLoop(
    { periodMs: 5, timeoutMs: 1_000, failureThreshold: 2, ...probe },
    { incarnation: 1, pid: 7 },
    { verdict: 'unknown', firstInMs },
    {
      outcome: ({ outcome, message }) => seen.push(`${outcome}: ${message}`),
      verdict: (verdict, message) => seen.push(`verdict ${verdict}: ${message}`),
      cannotTell: (message) => seen.push(`cannot tell: ${message}`),
    },
  );
  loops.push(loop);
  return { seen, loop };
}

describe('probe loop', () => {
  it('tells the verdict once, however often the outcome repeats', async () => {
    const { seen } = watch({ run: () => Promise.resolve(pass) });
    await eventually(() => seen.filter((line) => line === 'pass: fine').length > 3);
    expect(seen.filter((line) => line.startsWith('verdict'))).toEqual(['verdict pass: fine']);
  });

  it('takes silence past the deadline for a failure, and aborts the run', async () => {
    const signals: AbortSignal[] = [];
    const { seen } = watch({
      timeoutMs: 10,
      run: ({ signal }) => {
        signals.push(signal);
        return new Promise<ProbeOutcome>(() => undefined);
      },
    });
    await eventually(() => seen.includes('verdict fail: no answer within 10 ms'));
    expect(signals[0]?.aborted).toBe(true);
  });

  it('takes a throw for "could not tell", which never fails it', async () => {
    const { seen } = watch({ run: () => Promise.reject(new Error('no socket')) });
    await eventually(() => seen.filter((line) => line === 'error: no socket').length > 4);
    expect(seen.filter((line) => line.startsWith('verdict'))).toEqual([]);
    expect(seen.filter((line) => line.startsWith('cannot tell'))).toEqual(['cannot tell: no socket']);
  });

  it('skips a run whose deadline fired late for its own overload, and says nothing of it', async () => {
    let runs = 0;
    const { seen } = watch({
      timeoutMs: 5,
      run: () => {
        runs += 1;
        const until = performance.now() + 250;
        while (performance.now() < until);
        return new Promise<ProbeOutcome>(() => undefined);
      },
    });
    await eventually(() => runs > 2);
    expect(seen).toEqual([]);
  });

  it('goes on with its runs of outcomes across a run that was skipped', async () => {
    const outcomes: ProbeOutcome['outcome'][] = ['fail', 'skipped', 'fail'];
    const { seen } = watch({
      run: () => Promise.resolve({ outcome: outcomes.shift() ?? 'skipped', message: 'busy' }),
    });
    await eventually(() => seen.length > 2);
    expect(seen).toEqual(['fail: busy', 'fail: busy', 'verdict fail: busy']);
  });

  it('counts its period from start to start, and drops the ticks that fall into a run', async () => {
    jest.useFakeTimers();
    const begun = performance.now();
    const starts: number[] = [];
    const took = [300, 1100, 0, 0];
    watch({
      periodMs: 500,
      timeoutMs: 2000,
      run: async () => {
        starts.push(performance.now() - begun);
        await new Promise((resolve) => setTimeout(resolve, took.shift() ?? 0));
        return pass;
      },
    });
    await jest.advanceTimersByTimeAsync(2600);
    expect(starts).toEqual([0, 500, 2000, 2500]);
  });

  it('runs first when that is due, and counts its period from there', async () => {
    jest.useFakeTimers();
    let runs = 0;
    watch({ periodMs: 500, run: () => ((runs += 1), Promise.resolve(pass)) }, 40);
    await jest.advanceTimersByTimeAsync(39);
    expect(runs).toBe(0);
    await jest.advanceTimersByTimeAsync(1);
    expect(runs).toBe(1);
    await jest.advanceTimersByTimeAsync(499);
    expect(runs).toBe(1);
    await jest.advanceTimersByTimeAsync(1);
    expect(runs).toBe(2);
  });

  it('runs first before its constructor is done where nothing is to be waited for', () => {
    let runs = 0;
    watch({ run: () => ((runs += 1), Promise.resolve(pass)) });
    expect(runs).toBe(1);
  });

  it('never overlaps itself, and says nothing once it was stopped', async () => {
    let running = 0;
    let most = 0;
    const { seen, loop } = watch({
      periodMs: 1,
      run: async () => {
        running += 1;
        most = Math.max(most, running);
        await new Promise((resolve) => setTimeout(resolve, 3));
        running -= 1;
        return pass;
      },
    });
    await eventually(() => seen.length > 3);
    loop.stop();
    const count = seen.length;
    await eventually(() => running === 0);
    expect(most).toBe(1);
    expect(seen).toHaveLength(count);
  });
});

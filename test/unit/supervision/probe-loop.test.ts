import { afterEach, describe, expect, it } from '@jest/globals';
import { ProbeLoop, type SupervisorProbe } from '../../../src/modules/supervision/probing/probe-loop.js';
import type { ProbeOutcome } from '../../../src/modules/supervision/probing/threshold.state.js';
import { eventually } from '../../fixtures/eventually.js';

const pass: ProbeOutcome = { outcome: 'pass', message: 'fine' };
const loops: ProbeLoop[] = [];
afterEach(() => loops.splice(0).forEach((loop) => loop.stop()));

function watch(probe: Partial<SupervisorProbe> & Pick<SupervisorProbe, 'run'>) {
  const seen: string[] = [];
  const loop = new ProbeLoop(
    { intervalMs: 5, timeoutMs: 1_000, failureThreshold: 2, ...probe },
    { incarnation: 1, pid: 7 },
    'unknown',
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

  it('takes a deadline that fired late for its own overload', async () => {
    const { seen } = watch({
      timeoutMs: 5,
      run: () => {
        const until = performance.now() + 250;
        while (performance.now() < until);
        return new Promise<ProbeOutcome>(() => undefined);
      },
    });
    await eventually(() => seen.some((line) => line.startsWith('error: the supervisor itself')));
    expect(seen.filter((line) => line.startsWith('fail'))).toEqual([]);
  });

  it('never overlaps itself, and says nothing once it was stopped', async () => {
    let running = 0;
    let most = 0;
    const { seen, loop } = watch({
      intervalMs: 1,
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

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Board, Lifecycle } from '../../../src/modules/health/index.js';
import { crowd } from '../../fixtures/eventually.js';

function begin() {
  const board = new Board();
  const lifecycle = new Lifecycle(board);
  return { lifecycle, code: () => board.snapshot().checks[0]?.code };
}

// Steps that fail on purpose are logged.
beforeAll(() => Logger.overrideLogger(false));
afterAll(() => Logger.overrideLogger(['error', 'warn']));

describe('the life of a process', () => {
  it('is starting, running, draining', async () => {
    const { lifecycle, code } = begin();
    expect(code()).toBe('process.starting');
    lifecycle.started();
    expect(code()).toBe('process.running');
    await lifecycle.drain(10);
    expect(code()).toBe('process.draining');
  });

  it('takes work once its probes can be asked, and never when it was told to stop before', async () => {
    const taken: string[] = [];
    const held = new Lifecycle(new Board(), false);
    held.whenServing(() => taken.push('first'));
    expect(taken).toEqual([]);
    held.nowServing();
    held.whenServing(() => taken.push('second'));
    expect(taken).toEqual(['first', 'second']);
    const stopped = new Lifecycle(new Board(), false);
    stopped.whenServing(() => taken.push('late'));
    await stopped.drain(10);
    stopped.nowServing();
    expect(taken).not.toContain('late');
  });

  it('turns readiness red before anything stops', async () => {
    const { lifecycle, code } = begin();
    const seen: unknown[] = [];
    lifecycle.onDrain('a', () => Promise.resolve(void seen.push(code())));
    await lifecycle.drain(1000);
    expect(seen).toEqual(['process.draining']);
  });

  it('waits for every module, and for none longer than the grace', async () => {
    const { lifecycle } = begin();
    let finished = false;
    lifecycle.onDrain('never', () => new Promise(() => undefined));
    lifecycle.onDrain('fails', () => Promise.reject(new Error('no')));
    lifecycle.onDrain('works', (graceMs) => {
      expect(graceMs).toBe(50);
      finished = true;
      return Promise.resolve();
    });
    const startedAt = performance.now();
    await lifecycle.drain(50);
    expect(finished).toBe(true);
    expect(performance.now() - startedAt).toBeLessThan(1000 * crowd());
  });

  it('drains once, however often it is asked', async () => {
    const { lifecycle } = begin();
    let runs = 0;
    lifecycle.onDrain('a', () => Promise.resolve(void runs++));
    await Promise.all([lifecycle.drain(10), lifecycle.drain(10)]);
    await lifecycle.drain(10);
    expect(runs).toBe(1);
  });

  it('never turns green again once it drains, though it was still starting', async () => {
    const { lifecycle, code } = begin();
    const drained = lifecycle.drain(10);
    lifecycle.started();
    await drained;
    expect(code()).toBe('process.draining');
  });
});

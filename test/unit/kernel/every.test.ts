import { describe, expect, it } from '@jest/globals';
import { every } from '../../../src/modules/kernel/index.js';
import { eventually } from '../../fixtures/eventually.js';

describe('what is done every so often', () => {
  it('goes on after a run that throws or rejects, and tells of failures once in a row', async () => {
    const told: unknown[] = [];
    let runs = 0;
    const stop = every(
      2,
      () => {
        runs += 1;
        if (runs === 1) throw new Error('thrown');
        if (runs === 2) return Promise.reject(new Error('rejected'));
        if (runs === 4) throw new Error('again');
        return undefined;
      },
      (error) => told.push((error as Error).message),
    );
    await eventually(() => runs > 6);
    stop();
    expect(told).toEqual(['thrown', 'again']);
    const before = runs;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(runs).toBe(before);
  });
});

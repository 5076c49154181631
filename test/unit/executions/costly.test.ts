import { describe, expect, it } from '@jest/globals';
import { Costly } from '../../../src/modules/executions/check/costly.js';

/** A question that takes so long, asked once a second for two minutes; answers how often it was under way. */
async function askedEverySecond(tookMs: number, holds?: () => boolean): Promise<number> {
  let now = 0;
  let asked = 0;
  const costly = new Costly(
    () => {
      now += tookMs;
      asked += 1;
      return Promise.resolve(asked);
    },
    () => now,
  );
  for (let second = 0; second < 120; second += 1) {
    now = Math.max(now, second * 1000);
    const before = asked;
    const { value, ageMs } = await costly.read(holds);
    expect(value).toBe(asked);
    if (asked > before) expect(ageMs).toBe(0);
    else expect(ageMs).toBeLessThan(60_000);
  }
  return asked;
}

describe('a question whose cost grows', () => {
  it.each([
    [1, 120],
    [50, 120],
    [100, 20],
    [500, 5],
    [4000, 2],
  ])('is asked, when it takes %i ms, %i times in two minutes', async (tookMs, times) => {
    expect(await askedEverySecond(tookMs)).toBe(times);
  });

  it.each([
    [50, 120],
    [100, 60],
    [500, 20],
    [4000, 3],
    [30_000, 2],
  ])('is asked, when it takes %i ms and is doubted, %i times in two minutes', async (tookMs, times) => {
    expect(await askedEverySecond(tookMs, () => false)).toBe(times);
    expect(await askedEverySecond(tookMs, () => true)).toBeLessThanOrEqual(times);
  });

  it('is doubted for what was answered, and only when it is given again', async () => {
    let now = 0;
    const doubted: number[] = [];
    const holds = (value: number) => doubted.push(value) > 0;
    const costly = new Costly(
      () => {
        now += 100;
        return Promise.resolve(7);
      },
      () => now,
    );
    await costly.read(holds);
    expect(doubted).toEqual([]);
    await costly.read(holds);
    expect(doubted).toEqual([7]);
  });

  it('is asked again when it failed', async () => {
    let asked = 0;
    const costly = new Costly(() => {
      asked += 1;
      return asked === 1 ? Promise.reject(new Error('not now')) : Promise.resolve(asked);
    });
    await expect(costly.read()).rejects.toThrow('not now');
    expect((await costly.read()).value).toBe(2);
  });
});

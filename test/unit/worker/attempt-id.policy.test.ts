import { describe, expect, it } from '@jest/globals';
import {
  attemptId,
  isRepeated,
  nextAttempts,
  workOf,
} from '../../../packages/worker/src/attempt-id.policy.js';

const work = '4de2cddd-0bb3-43f9-91a3-7c8779ff3d79';

describe('the id of an attempt', () => {
  it('tells the work, and whether there was an attempt before', () => {
    expect(workOf(attemptId(work, 12))).toBe(work);
    expect([1, 2, 12].map((attempt) => isRepeated(attemptId(work, attempt)))).toEqual([false, true, true]);
  });

  it('is the work and the number', () => {
    expect(attemptId(work, 12)).toBe(`${work}-12`);
  });

  it('may be written in capitals, and may have ten digits', () => {
    const capitals = work.toUpperCase();
    expect(workOf(`${capitals}-2`)).toBe(capitals);
    expect(workOf(`${work}-1234567890`)).toBe(work);
    expect(isRepeated(`${capitals}-2`)).toBe(true);
  });

  it('is of work whose id may have every hexadecimal digit in every place', () => {
    for (const digit of '0123456789abcdef') {
      const uuid = work.replace(/[^-]/g, digit);
      expect(workOf(`${uuid}-1`)).toBe(uuid);
    }
  });

  it('tells which attempts may follow', () => {
    expect(nextAttempts(attemptId(work, 9))).toEqual([`${work}-10`, `${work}-11`, `${work}-12`]);
  });

  it.each([
    '7',
    'repeat:a:1',
    work,
    `${work}-`,
    `${work}-1-2`,
    `${work}-12345678901`,
    `${work}-2x`,
    `a${work}-2`,
    `${work.replace('4de2', '4dg2')}-2`,
    `${work.replace('0bb3-', '')}-2`,
    '4de2cdd-0bb3-43f9-91a3-7c8779ff3d79-2',
    '4de2cddd-0bb-43f9-91a3-7c8779ff3d79-2',
    '4de2cddd-0bb3-43f9-91a3-7c8779ff3d7-2',
  ])('is not %s, which is work of its own', (id) => {
    expect(workOf(id)).toBe(id);
    expect(isRepeated(id)).toBe(false);
    expect(nextAttempts(id)).toEqual([]);
  });
});

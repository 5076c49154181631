import { describe, expect, it } from '@jest/globals';
import { doneBetween } from '../../../src/cli/look/done.policy.js';
import { NOON, slow } from './given.js';

const look = (completed: number, failed: number, at: { completed?: number[]; failed?: number[] } = {}) =>
  slow({ counts: { completed, failed }, finishes: { completed: [], failed: [], events: null, ...at } });

describe('what was done between two readings', () => {
  it('is by how much the counts have grown', () => {
    expect(doneBetween(look(5, 1), look(9, 2), NOON)).toEqual({ completed: 4, failed: 1, more: false });
  });

  it('is nothing before there are two', () => {
    const none = { completed: 0, failed: 0, more: false };
    expect(doneBetween(null, look(9, 2), NOON)).toEqual(none);
    expect(doneBetween(look(9, 2), null, NOON)).toEqual(none);
  });

  it('is at least what ended since, of a queue that keeps only so many', () => {
    const times = [NOON + 3, NOON + 2, NOON + 1, NOON, NOON - 1];
    expect(doneBetween(look(5, 5), look(5, 4, { completed: times }), NOON)).toEqual({
      completed: 3,
      failed: 0,
      more: true,
    });
    expect(doneBetween(look(5, 5), look(5, 5, { failed: times }), NOON)).toMatchObject({
      failed: 3,
      more: true,
    });
    expect(doneBetween(look(2, 0), look(5, 0, { completed: times }), NOON).more).toBe(false);
  });
});

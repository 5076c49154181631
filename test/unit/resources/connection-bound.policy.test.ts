import { describe, expect, it } from '@jest/globals';
import { connectionBound } from '../../../src/modules/resources/connection-bound.policy.js';

describe('the connections that a process may take in', () => {
  it.each([
    [null, 10_000],
    [1_048_576, 10_000],
    [10_256, 10_000],
    [10_255, 9999],
    [1024, 768],
    [513, 257],
    [512, 256],
    [511, 255],
    [256, 128],
    [64, 32],
    [35, 17],
    [34, 17],
    [32, 16],
    [20, 16],
    [0, 16],
  ])('with %s descriptors are %i: half of them, or 256, are kept for itself', (limit, bound) => {
    expect(connectionBound(limit, 10_000)).toBe(bound);
  });

  it.each([null, 1_048_576, 64, 16, 0])(
    'are never more than it is to take in, with %s descriptors',
    (limit) => {
      expect(connectionBound(limit, 8)).toBe(8);
    },
  );
});

import { describe, expect, it } from '@jest/globals';
import { oldGenerationLimit, oldGenerationUsed } from '../../../src/modules/environment/heap.policy.js';

const MB = 1024 * 1024;

describe('the limit of the old generation', () => {
  // heap_size_limit as Node 20 told it on a machine with 24 GB.
  it.each([
    [4144, [], 4096],
    [88, ['--max-old-space-size=40'], 40],
    [88, ['--max_old_space_size=40'], 40],
    [88, ['--max-old-space-size=512', '--max-old-space-size=40'], 40],
    [4108, ['--max-semi-space-size=4'], 4096],
    [4144, ['--max-old-space-size=0'], 4096],
    // A container of 1 GB: an old generation of 512 MB has half spaces of 4 MB.
    [524, [], 512],
    // One of 256 MB: 128 MB, and the least half space.
    [131, [], 128],
  ])('with a heap_size_limit of %s MB and %j is %s MB', (limit, flags, expected) => {
    expect(Math.round(oldGenerationLimit(limit * MB, flags) / MB)).toBe(expected);
  });
});

describe('the use of the old generation', () => {
  it('leaves out what is young, and what was there before the process', () => {
    const spaces = {
      read_only_space: 1,
      new_space: 2,
      old_space: 100,
      code_space: 200,
      map_space: 300,
      shared_space: 0,
      new_large_object_space: 4,
      large_object_space: 400,
      code_large_object_space: 500,
      trusted_space: 600,
    };
    const given = Object.entries(spaces).map(([space_name, space_used_size]) => ({
      space_name,
      space_used_size,
    }));
    expect(oldGenerationUsed(given)).toBe(2100);
  });
});

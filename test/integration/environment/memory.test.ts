import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { TestProcess } from '../../fixtures/process.js';
import { tempDir } from '../../fixtures/temp-dir.js';

const CHILD = 'integration/environment/memory.child.mjs';

describe('the memory check', () => {
  it.each([40, 80])('warns and fails before a heap of %s MB is full', async (megabytes) => {
    const process = await TestProcess.child(CHILD, {
      args: ['heap'],
      // With young ones of 16 MB a leak this quick may fill the old one in a single step.
      env: { NODE_OPTIONS: `--max-old-space-size=${megabytes} --max-semi-space-size=2` },
    });
    const { code } = await process.exited;
    const told = process.lines.map((line) => line.split(' ')[0]);
    expect(told).toEqual(['memory.ok', 'memory.high', 'memory.critical']);
    expect(process.lines.at(-1)).toContain(`of ${megabytes} MB`);
    expect(code).toBe(0);
  });

  it('answers while every thread of the pool is busy', async () => {
    const process = await TestProcess.child(CHILD, { args: ['pool', join(tempDir('pool'), 'fifo')] });
    await process.exited;
    expect(process.lines).toEqual(['memory.ok']);
  });
});

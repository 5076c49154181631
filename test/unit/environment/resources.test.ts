import { describe, expect, it } from '@jest/globals';
import { assessDescriptors } from '../../../src/modules/environment/descriptors.assess.js';
import { assessLog } from '../../../src/modules/environment/log.assess.js';
import { connectionBound } from '../../../src/modules/resources/connection-bound.policy.js';

describe('the log', () => {
  const well = {
    heldLines: 0,
    heldBytes: 0,
    waitsMs: null,
    droppedLines: 0,
    lastDropMs: null,
    failure: null,
  };

  it.each([
    [{}, 'log.ok'],
    [{ waitsMs: 999, failure: 'EAGAIN' }, 'log.ok'],
    [{ waitsMs: 1000, failure: 'EAGAIN' }, 'log.failing'],
    [{ waitsMs: 1000, failure: null }, 'log.failing'],
    [{ droppedLines: 5, lastDropMs: 9999 }, 'log.failing'],
    [{ droppedLines: 5, lastDropMs: 10_000 }, 'log.ok'],
  ])('with %j is %s', (change, code) => {
    expect(assessLog({ ...well, ...change }).code).toBe(code);
  });

  it('says why, since when, and how much is missing', () => {
    const full = { ...well, waitsMs: 12_000, failure: 'ENOSPC', heldLines: 7, droppedLines: 31 };
    expect(assessLog(full).message).toBe(
      'The log cannot be written (ENOSPC) for 12 s: 7 lines wait, 31 were dropped since the start',
    );
    expect(assessLog({ ...full, failure: 'EAGAIN' }).message).toContain('is not read');
  });
});

describe('the connections that a process may take in', () => {
  it.each([
    [null, 10_000],
    [1_048_576, 10_000],
    [10_256, 10_000],
    [10_255, 9999],
    [1024, 768],
    [512, 256],
    [256, 128],
    [64, 32],
    [20, 16],
    [0, 16],
  ])('with %s descriptors are %s', (limit, bound) => {
    expect(connectionBound(limit, 10_000)).toBe(bound);
  });

  it('are never more than it is to take in', () => {
    expect(connectionBound(64, 8)).toBe(8);
    expect(connectionBound(null, 8)).toBe(8);
  });
});

describe('the descriptors', () => {
  const use = { open: 10, bound: 768, refused: 0, closedIdle: 0, lastFullMs: null };

  it.each([
    [{ open: 100, limit: 1024 }, use, 'process.descriptors_ok'],
    [{ open: 921, limit: 1024 }, use, 'process.descriptors_ok'],
    [{ open: 922, limit: 1024 }, use, 'process.descriptors'],
    [{ open: 1024, limit: 1024 }, null, 'process.descriptors'],
    [{ open: 800, limit: 1024 }, { ...use, open: 768 }, 'process.descriptors'],
    [{ open: 800, limit: 1024 }, { ...use, open: 767 }, 'process.descriptors_ok'],
    [{ open: 800, limit: 1024 }, { ...use, refused: 3, lastFullMs: 9999 }, 'process.descriptors'],
    [{ open: 800, limit: 1024 }, { ...use, refused: 3, lastFullMs: 10_000 }, 'process.descriptors_ok'],
    [{ open: null, limit: null }, null, 'process.descriptors_ok'],
    [{ open: null, limit: 1024 }, { ...use, open: 768 }, 'process.descriptors'],
  ])('%j with connections %j are %s', (descriptors, connections, code) => {
    expect(assessDescriptors(descriptors, connections).code).toBe(code);
  });

  it('are told in numbers', () => {
    const { message } = assessDescriptors(
      { open: 828, limit: 1024 },
      { ...use, open: 768, refused: 532, closedIdle: 4, lastFullMs: 10 },
    );
    for (const number of ['828 of 1024', '768 of at most 768', '532 were refused', '4 idle'])
      expect(message).toContain(number);
  });
});

import { describe, expect, it } from '@jest/globals';
import { assessLog } from '../../../src/modules/environment/log.assess.js';

const well = {
  heldLines: 0,
  heldBytes: 0,
  waitsMs: null,
  droppedLines: 0,
  lastDropMs: null,
  failure: null,
};

describe('the log', () => {
  it.each([
    [{}],
    [{ waitsMs: 0, failure: 'EAGAIN' }],
    [{ waitsMs: 999, failure: 'ENOSPC' }],
    [{ droppedLines: 5, lastDropMs: 10_000 }],
    [{ waitsMs: 999, lastDropMs: 10_000, failure: 'EAGAIN' }],
  ])('with %j is written', (change) => {
    expect(assessLog({ ...well, ...change })).toEqual({ code: 'log.ok', message: 'The log is written.' });
  });

  it.each([
    [{ waitsMs: 1000, failure: 'EAGAIN' }, 'The log is not read, or too slowly for 1 s'],
    [{ waitsMs: 1000 }, 'The log is not read, or too slowly for 1 s'],
    [{ waitsMs: 12_500, failure: 'ENOSPC' }, 'The log cannot be written (ENOSPC) for 13 s'],
    [{ waitsMs: 500_400, failure: 'EIO' }, 'The log cannot be written (EIO) for 500 s'],
    [{ lastDropMs: 0 }, 'The log is not read, or too slowly'],
    [{ lastDropMs: 9999, failure: 'EAGAIN' }, 'The log is not read, or too slowly'],
    [{ lastDropMs: 9999, failure: 'EIO' }, 'The log cannot be written (EIO)'],
    [{ waitsMs: 999, lastDropMs: 9999, failure: 'EIO' }, 'The log cannot be written (EIO)'],
    [{ waitsMs: 1000, lastDropMs: 10_000, failure: 'EIO' }, 'The log cannot be written (EIO) for 1 s'],
    [{ waitsMs: 2000, lastDropMs: 1, failure: 'EIO' }, 'The log cannot be written (EIO) for 2 s'],
  ])('with %j fails, and says why, since when, and how much is missing', (change, why) => {
    expect(assessLog({ ...well, heldLines: 7, droppedLines: 31, ...change })).toEqual({
      code: 'log.failing',
      message: `${why}: 7 lines wait, 31 were dropped since the start`,
    });
  });
});

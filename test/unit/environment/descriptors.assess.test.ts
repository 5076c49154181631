import { describe, expect, it } from '@jest/globals';
import { assessDescriptors } from '../../../src/modules/environment/descriptors.assess.js';

const use = { open: 10, bound: 768, refused: 532, closedIdle: 4, lastFullMs: null };
const none = { open: null, limit: null };
const of1000 = (open: number) => ({ open, limit: 1000 });
const since = 'since the start 532 were refused and 4 idle ones closed to let others in';

describe('the descriptors', () => {
  it.each([
    [of1000(899), use, '899 of 1000 descriptors are open'],
    [of1000(899), null, '899 of 1000 descriptors are open'],
    [of1000(0), { ...use, open: 767 }, '0 of 1000 descriptors are open'],
    [of1000(800), { ...use, lastFullMs: 10_000 }, '800 of 1000 descriptors are open'],
  ])('%j with connections %j are enough', (descriptors, connections, message) => {
    expect(assessDescriptors(descriptors, connections)).toEqual({ code: 'process.descriptors_ok', message });
  });

  it.each([
    [of1000(900), use, `900 of 1000 descriptors are open, 10 of at most 768 connections, ${since}`],
    [of1000(1000), null, '1000 of 1000 descriptors are open'],
    [
      of1000(800),
      { ...use, open: 768 },
      `800 of 1000 descriptors are open, 768 of at most 768 connections, ${since}`,
    ],
    [
      of1000(800),
      { ...use, open: 769 },
      `800 of 1000 descriptors are open, 769 of at most 768 connections, ${since}`,
    ],
    [
      of1000(800),
      { ...use, lastFullMs: 9999 },
      `800 of 1000 descriptors are open, 10 of at most 768 connections, ${since}`,
    ],
    [
      of1000(800),
      { ...use, lastFullMs: 0 },
      `800 of 1000 descriptors are open, 10 of at most 768 connections, ${since}`,
    ],
    [none, { ...use, open: 768 }, `768 of at most 768 connections, ${since}`],
    [{ open: 999, limit: null }, { ...use, lastFullMs: 1 }, `10 of at most 768 connections, ${since}`],
  ])('%j with connections %j are used up, told in numbers', (descriptors, connections, message) => {
    expect(assessDescriptors(descriptors, connections)).toEqual({ code: 'process.descriptors', message });
  });

  it.each([
    [none, null],
    [none, use],
    [{ open: null, limit: 1 }, use],
    [{ open: 999, limit: null }, use],
  ])('%j that the system does not tell, with connections %j, are no failure', (descriptors, connections) => {
    expect(assessDescriptors(descriptors, connections)).toEqual({
      code: 'process.descriptors_ok',
      message: 'The system does not tell how many descriptors are open.',
    });
  });
});

import { describe, expect, it } from '@jest/globals';
import {
  beyondOf,
  missing,
  MOST_QUEUES,
  NOTHING_FOUND,
  passEnded,
  withConnections,
  withKeys,
} from '../../../src/modules/queue/discovery/discovery.state.js';

const many = (count: number, from = 0) => Array.from({ length: count }, (_, at) => `q${from + at}`);

describe('the discovery of queues', () => {
  it('knows a queue by its keys, or by a worker that is connected', () => {
    const found = withConnections(withKeys(NOTHING_FOUND, ['mail']), ['push']);
    expect([...found.known]).toEqual(['mail', 'push']);
    expect(found.wholeAt).toBeNull();
  });

  it('misses those that a pass has not seen and that nobody works for', () => {
    const first = passEnded(withKeys(NOTHING_FOUND, ['mail', 'push', 'sms']), [], 10);
    const second = withConnections(withKeys(first, ['mail']), ['push']);
    expect(missing(second)).toEqual(['sms']);
    expect(missing(withConnections(second, null))).toEqual(['push', 'sms']);
  });

  it('forgets what is gone when the pass has ended, and keeps the rest', () => {
    const before = withKeys(NOTHING_FOUND, ['mail', 'push']);
    const after = passEnded(before, ['push'], 20);
    expect([...after.known]).toEqual(['mail']);
    expect(after).toMatchObject({ wholeAt: 20, seen: new Set() });
  });

  it('keeps so many and counts the others, until those that were kept are gone', () => {
    const full = withKeys(NOTHING_FOUND, many(MOST_QUEUES + 3));
    expect(full.known.size).toBe(MOST_QUEUES);
    expect(beyondOf(full)).toBe(3);
    expect(beyondOf(withConnections(full, ['q501', 'new']))).toBe(4);
    const ended = passEnded(full, ['q0'], 1);
    expect(beyondOf(ended)).toBe(3);
    const next = withKeys(ended, many(MOST_QUEUES + 3, 1));
    expect(next.known.has(`q${MOST_QUEUES}`)).toBe(true);
    expect(beyondOf(passEnded(withKeys(passEnded(next, many(10), 2), many(5)), [], 3))).toBe(0);
  });

  it('does not take one that was not kept for one that was seen', () => {
    const full = withKeys(NOTHING_FOUND, many(MOST_QUEUES + 1));
    expect(full.seen.size).toBe(MOST_QUEUES);
  });
});

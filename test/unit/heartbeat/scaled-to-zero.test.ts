import { describe, expect, it } from '@jest/globals';
import { heartbeat, LIMITS, NOON, reading, seen, slow, verdictOf } from './given.js';

describe('a queue that may have no worker', () => {
  const limits = { ...LIMITS, workersMin: 0 };
  const stopped = (at: number, parts = {}) =>
    reading(at, { heartbeats: [heartbeat(NOON, { state: 'stopped' })], ...parts });
  const waiting = { slow: slow({ counts: { waiting: 1 }, heads: ['7'] }) };

  it('is scaled to zero while nothing waits for too long', () => {
    expect(verdictOf(seen(stopped(NOON)), { limits }).code).toBe('worker.scaled_to_zero');
    expect(verdictOf(seen(reading(NOON)), { limits }).code).toBe('worker.scaled_to_zero');
    expect(verdictOf(seen(stopped(NOON, waiting)), { limits }).code).toBe('worker.scaled_to_zero');
    const late = seen(stopped(NOON, waiting), stopped(NOON + 61_000, waiting));
    expect(verdictOf(late, { limits }).code).toBe('worker.stopped');
  });

  it('has still lost a worker that died, for as long as one is remembered', () => {
    const gone = (at: number) =>
      reading(at, { heartbeats: at === NOON ? [heartbeat(at)] : [], absent: new Set(['life-1']) });
    expect(verdictOf(seen(gone(NOON), gone(NOON + 1000)), { limits }).code).toBe('worker.lost');
    expect(verdictOf(seen(gone(NOON), gone(NOON + 700_000)), { limits }).code).toBe('worker.scaled_to_zero');
  });

  it('is nothing that is assumed', () => {
    expect(verdictOf(seen(stopped(NOON))).code).toBe('worker.stopped');
  });
});

import { describe, expect, it } from '@jest/globals';
import { parseHeartbeat, wireOf } from '../../../src/modules/heartbeat/heartbeat.js';
import { heartbeat, NOON, reading, seen, verdictOf } from './given.js';

const wire = (parts: Record<string, unknown>) => ({ ...wireOf(heartbeat(NOON)), ...parts });

describe('a heartbeat out of its bounds', () => {
  it.each([
    ['of a time that is no date', { at: 1e20 }],
    ['of a time before all time', { at: -1 }],
    ['with an age that no date has', { upForMs: 1e20 }],
    ['that would never be too old', { timeoutMs: 1e15 }],
    ['that never comes again', { intervalMs: 1e12 }],
    ['with too many jobs', { active: Array.from({ length: 201 }, () => ({ id: '1', startedAgeMs: 1 })) }],
    ['with a clock beyond all clocks', { skewMs: -1e300 }],
    ['of a number that JSON does not know', { eventLoopDelayMs: Infinity }],
  ])('is none: %s', (_, parts) => {
    expect(parseHeartbeat(wire(parts))).toBeNull();
  });

  it('has its texts cut and made fit for a line and for a row', () => {
    const read = parseHeartbeat(
      wire({ host: 'h\u0000\n[+]database ok', token: 't'.repeat(5000), id: 'w\u001b[2J' }),
    );
    expect(read?.host).not.toContain('\u0000');
    expect(read?.host).not.toContain('\n');
    expect(read?.token).toHaveLength(200);
    expect(read?.id).toBe('w\\u001b[2J');
    expect(JSON.stringify(read)).not.toContain('\\u0000');
  });
});

describe('a heartbeat from the future', () => {
  it('grows old from the moment at which it was seen', () => {
    const future = reading(NOON, { heartbeats: [heartbeat(NOON + 3_600_000)] });
    const later = reading(NOON + 31_000, {
      heartbeats: [heartbeat(NOON + 3_600_000)],
      present: new Set(['life-1']),
    });
    expect(verdictOf(seen(future)).code).toBe('worker.healthy');
    expect(verdictOf(seen(future, { ...later, heartbeats: [] })).code).toBe('worker.silent');
  });

  it('does not keep out the next one of the same life, which is of now', () => {
    const after = seen(
      reading(NOON, { heartbeats: [heartbeat(NOON, { sequence: 1_000_000_000 })] }),
      reading(NOON + 5000, { heartbeats: [heartbeat(NOON + 5000, { sequence: 7 })] }),
    );
    expect(after.evidence.workers[0]?.heartbeat.sequence).toBe(7);
  });
});

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { SharedPulse } from '../../../src/modules/app-server/child/shared-pulse.js';
import type { Pulse } from '../../../src/modules/app-server/protocol/codex-session.js';

const PERIOD_MS = 1000;
beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

/** A pulse whose calls are answered by `answer`. */
function pulseOf(threshold = 1) {
  const asked: ((pulse: Pulse) => void)[] = [];
  const shared = new SharedPulse({
    ask: () => new Promise((resolve) => void asked.push(resolve)),
    periodMs: PERIOD_MS,
    threshold,
  });
  const look = async (kind: Pulse['kind']) => {
    const outcome = shared.outcome();
    asked.at(-1)?.({ kind, message: kind });
    const seen = (await outcome).outcome;
    await jest.advanceTimersByTimeAsync(PERIOD_MS);
    return seen;
  };
  return { asked, shared, look };
}

describe('the pulse that two probes share', () => {
  it('is one call while that is under way, however long it takes', async () => {
    const { asked, shared } = pulseOf();
    const liveness = shared.outcome();
    await jest.advanceTimersByTimeAsync(5 * PERIOD_MS);
    const readiness = shared.outcome();
    expect(asked).toHaveLength(1);
    asked[0]?.({ kind: 'alive', message: 'it answers' });
    const expected = { outcome: 'pass', message: 'it answers' };
    expect(await Promise.all([liveness, readiness])).toEqual([expected, expected]);
  });

  it('serves whoever asks in the first half of its period, and is taken anew after it', async () => {
    const { asked, shared } = pulseOf();
    const first = shared.outcome();
    asked[0]?.({ kind: 'alive', message: 'it answers' });
    await first;
    await jest.advanceTimersByTimeAsync(PERIOD_MS / 2 - 1);
    expect(await shared.outcome()).toEqual(await first);
    expect(asked).toHaveLength(1);
    await jest.advanceTimersByTimeAsync(1);
    void shared.outcome();
    expect(asked).toHaveLength(2);
  });

  it('counts what was left unanswered in a row, once for both probes', async () => {
    const { look } = pulseOf();
    for (const kind of ['unanswered', 'unanswered', 'alive'] as const) await look(kind);
    const seen = [];
    for (let looks = 0; looks < 5; looks += 1) seen.push(await look('unanswered'));
    expect(seen).toEqual(['error', 'error', 'error', 'error', 'fail']);
  });

  it('takes a child that was asked in vain, and now says nothing, for wedged by the same threshold', async () => {
    const { look } = pulseOf(2);
    expect(await look('unanswered')).toBe('error');
    expect(await look('mute')).toBe('fail');
    expect(await look('unanswered')).toBe('error');
  });
});

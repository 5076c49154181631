import { describe, expect, it } from '@jest/globals';
import { readBeats } from '../../../src/modules/app-server/report/beats.js';
import { REASONS } from '../../../src/modules/app-server/index.js';
import { registry } from '../../../src/modules/health/codes/index.js';

const NOW = 1_000_000;
/** Seen so long ago, with that text. */
const seen = (...each: readonly (readonly [id: string, ageMs: number, text: string | null])[]) => ({
  now: NOW,
  seen: each.map(([id, ageMs, text]) => ({ id, at: NOW - ageMs, text })),
  beyond: 0,
});
const BEAT = { host: 'h', pid: 1, ready: false, reason: 'worker_exit', restartsTotal: 0 };

describe('a beat', () => {
  it('is read with its age, and what cannot be understood is silence', () => {
    const json = JSON.stringify(BEAT);
    expect(
      readBeats(seen(['a', 12, json], ['b', 9000, ''], ['c', 5, 'garbage'], ['d', 0, null])).workers,
    ).toEqual([
      { id: 'a', ageMs: 12, beat: expect.objectContaining({ reason: 'worker_exit' }) },
      { id: 'b', ageMs: 9000, beat: null },
      { id: 'c', ageMs: 5, beat: null },
      { id: 'd', ageMs: 0, beat: null },
    ]);
    expect(readBeats(seen())).toEqual({ workers: [], unread: 0 });
  });
});

describe('a worker', () => {
  it('is forgotten ten minutes after its last beat', () => {
    expect(readBeats(seen(['a', 600_000, ''])).workers).toHaveLength(1);
    expect(readBeats(seen(['a', 600_001, ''])).workers).toEqual([]);
    expect(readBeats({ ...seen(), seen: [{ id: 'unlisted', at: null, text: '{}' }] }).workers).toEqual([]);
  });

  it('that beats in the future is none, unless a clock went back a little', () => {
    const json = JSON.stringify(BEAT);
    expect(readBeats(seen(['a', -60_000, json])).workers).toMatchObject([{ id: 'a', ageMs: 0 }]);
    expect(readBeats(seen(['a', -60_001, json])).workers).toEqual([]);
  });
});

describe('the reasons', () => {
  it('all have a code', () => {
    for (const reason of REASONS)
      expect([reason, registry.has(`app_server.${reason}`)]).toEqual([reason, true]);
  });

  it('let only a spent budget restart the process', () => {
    const helped = [...registry].filter(
      ([code, { restart, target }]) =>
        code.startsWith('app_server.') && restart === 'helps' && target === 'self',
    );
    expect(helped.map(([code]) => code)).toEqual(['app_server.restart_limit_exceeded']);
  });

  it('is bounded: one that is too long is none, and those beyond the list are counted', () => {
    const long = JSON.stringify({ ...BEAT, host: 'h'.repeat(5000) });
    expect(readBeats({ ...seen(['a', 12, long]), beyond: 3999 })).toEqual({
      workers: [{ id: 'a', ageMs: 12, beat: null }],
      unread: 3999,
    });
  });

  it('forges no line with an id or a host', () => {
    const json = JSON.stringify({ ...BEAT, host: 'h\u001b[2J' });
    const [read] = readBeats(seen(['a\n[+]database ok', 12, json])).workers;
    expect(read).toMatchObject({ id: 'a\\n[+]database ok', beat: { host: 'h\\u001b[2J' } });
  });
});

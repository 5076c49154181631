import { describe, expect, it } from '@jest/globals';
import { readBeats } from '../../../src/modules/app-server/report/beats.js';
import { REASONS } from '../../../src/modules/app-server/index.js';
import { registry } from '../../../src/modules/health/codes/index.js';

const BEAT = { host: 'h', pid: 1, ready: false, reason: 'worker_exit', restartsTotal: 0 };

describe('a beat', () => {
  it('is read with its age, and what cannot be understood is silence', () => {
    const json = JSON.stringify(BEAT);
    expect(readBeats(['3', 'a', '12', json, 'b', '9000', '', 'c', '5', 'garbage']).workers).toEqual([
      { id: 'a', ageMs: 12, beat: expect.objectContaining({ reason: 'worker_exit' }) },
      { id: 'b', ageMs: 9000, beat: null },
      { id: 'c', ageMs: 5, beat: null },
    ]);
    expect(readBeats(null)).toEqual({ workers: [], unread: 0 });
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
    expect(readBeats(['4000', 'a', '12', long])).toEqual({
      workers: [{ id: 'a', ageMs: 12, beat: null }],
      unread: 3999,
    });
  });

  it('forges no line with an id or a host', () => {
    const json = JSON.stringify({ ...BEAT, host: 'h\u001b[2J' });
    const [read] = readBeats(['1', 'a\n[+]database ok', '12', json]).workers;
    expect(read).toMatchObject({ id: 'a\\n[+]database ok', beat: { host: 'h\\u001b[2J' } });
  });
});

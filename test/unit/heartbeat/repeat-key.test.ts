import { describe, expect, it } from '@jest/globals';
import { readRepeatKey } from '../../../src/modules/heartbeat/read/repeat-key.js';

describe('a job that repeats, of BullMQ 4', () => {
  it('has its next run under a hash of its key, as BullMQ 4.18.3 was seen to make it', () => {
    expect(readRepeatKey('quick::::1000')?.jobIds('1795860990000')).toContain(
      'repeat:6274107842c6b1d2448fcbdd3e6d7292:1795860990000',
    );
  });

  it('may have an id of its own, an end, and a pattern with colons', () => {
    const key = readRepeatKey('report:daily:1795860990000:Europe/Berlin:0 3 * * *');
    expect(key?.endsAt).toBe(1795860990000);
    const ids = key?.jobIds('5') ?? [];
    expect(new Set(ids).size).toBe(4);
    expect(ids.every((id) => /^repeat:([0-9a-f]{32}|[0-9a-f]{64}):5$/.test(id))).toBe(true);
    expect(readRepeatKey('quick::::1000')?.jobIds('5')).toHaveLength(2);
    expect(readRepeatKey('quick::::1000')?.endsAt).toBeNull();
  });

  it.each(['af4ba14a3ff5527dfe33b9dc7ec315e0', 'nightly', 'tenant:nightly'])(
    'is none where a scheduler has a name of its own: %s',
    (name) => {
      expect(readRepeatKey(name)).toBeNull();
    },
  );
});

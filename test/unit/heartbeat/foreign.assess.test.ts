import { describe, expect, it } from '@jest/globals';
import { assessForeign, notOurs } from '../../../src/modules/heartbeat/assess/foreign.assess.js';

const taken = { total: 3, ageMs: 2000, jobId: 'a-1' };
const plain = { name: 'bull:ZXhlY3V0aW9u', addr: '10.0.0.9:5000' };
const named = { name: 'bull:ZXhlY3V0aW9u:w:theirs', addr: '10.0.0.8:5000' };
const ours = { name: 'bull:ZXhlY3V0aW9u:w:instance-1', addr: '10.0.0.7:5000' };

describe('jobs that somebody else takes', () => {
  it('are a warning of their own that names the connections which are not ours', () => {
    const foreign = notOurs([plain, ours, named], ['instance-1', 'instance-2']);
    expect(foreign).toEqual([plain, named]);
    const verdict = assessForeign(taken, foreign);
    expect(verdict?.code).toBe('queue.foreign_consumer');
    for (const text of ['bull:ZXhlY3V0aW9u (10.0.0.9:5000)', '10.0.0.8', '3 jobs', 'a-1']) {
      expect(verdict?.message).toContain(text);
    }
    expect(verdict?.message).not.toContain('10.0.0.7');
  });

  it('are told though nobody can be named', () => {
    expect(assessForeign(taken, null)?.message).toContain('CLIENT LIST');
    expect(assessForeign(taken, [])?.message).toContain('none of their connections');
  });

  it('are past when none was found for a while, and none without a note', () => {
    expect(assessForeign({ ...taken, ageMs: 61_000 }, [plain])).toBeNull();
    expect(assessForeign(null, [plain])).toBeNull();
  });
});

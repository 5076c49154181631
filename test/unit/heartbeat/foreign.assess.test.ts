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

  it.each([
    [0, true],
    [59_999, true],
    [60_000, true],
    [60_001, false],
  ])('are told for a minute: %i ms after the last one %p', (ageMs, told) => {
    expect(assessForeign({ ...taken, ageMs }, [plain]) !== null).toBe(told);
  });

  const connections = (count: number) =>
    Array.from({ length: count }, (_, index) => ({ name: `n${index + 1}`, addr: `h:${index + 1}` }));
  const five = 'n1 (h:1), n2 (h:2), n3 (h:3), n4 (h:4), n5 (h:5)';

  it.each([
    ['cannot be asked for', null, 'CLIENT LIST cannot be asked for them'],
    ['are closed', [], 'none of their connections is open now'],
    ['are one', connections(1), 'connections that are not ours: n1 (h:1)'],
    ['are two', connections(2), 'connections that are not ours: n1 (h:1), n2 (h:2)'],
    ['are five', connections(5), `connections that are not ours: ${five}`],
    ['are six, of which five are named', connections(6), `connections that are not ours: ${five}, ...`],
    ['are many, of which five are named', connections(40), `connections that are not ours: ${five}, ...`],
  ])('are told with all connections in the details when these %s', (_, foreign, who) => {
    expect(assessForeign(taken, foreign)).toEqual({
      code: 'queue.foreign_consumer',
      message: `Somebody else takes jobs of the queue: 3 jobs so far, the last one (a-1) found 2.0 s ago, completed while nobody had begun its execution; ${who}. Stop that worker, or use another Redis database or QUEUE_PREFIX.`,
      details: { takenJobs: 3, lastJob: 'a-1', foreignConnections: foreign },
    });
  });

  it('are counted in words that fit', () => {
    const verdict = assessForeign({ total: 1, ageMs: 42_400, jobId: 'b-2' }, null);
    expect(verdict?.message).toContain(': 1 job so far, the last one (b-2) found 42 s ago,');
    expect(verdict?.details).toEqual({ takenJobs: 1, lastJob: 'b-2', foreignConnections: null });
  });
});

describe('a connection', () => {
  it.each([
    ['of one of our instances', 'bull:q:w:one', true],
    ['of another of our instances', 'bull:q:w:two', true],
    ['without an instance', 'bull:q', false],
    ['of an unknown instance', 'bull:q:w:three', false],
    ['of an instance whose name only begins like ours', 'bull:q:w:one-more', false],
    ['of an instance whose name only ends like ours', 'bull:q:w:not-one', false],
    ['with our instance but not as a worker of it', 'bull:q:one', false],
    ['without a name', '', false],
  ])('%s: %p is ours: %p', (_, name, isOurs) => {
    const connection = { name, addr: '10.0.0.1:1' };
    expect(notOurs([connection], ['one', 'two'])).toEqual(isOurs ? [] : [connection]);
  });

  it('is never ours while no instance is known', () => {
    expect(notOurs([ours, named], [])).toEqual([ours, named]);
  });
});

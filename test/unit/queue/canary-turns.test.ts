import { describe, expect, it } from '@jest/globals';
import { CanaryTurns } from '../../../src/modules/queue/look/canary-turns.js';
import type { RedisFailure } from '../../../src/modules/redis/index.js';

const refused: RedisFailure = { code: 'redis.not_permitted', text: 'NOPERM', disconnected: false };

describe('the queues that a look writes to', () => {
  it('are all of them while they are few', () => {
    const turns = new CanaryTurns(['a', 'b', 'c'], 4);
    const turn = { primary: 'a', others: ['b', 'c'], rest: [] };
    expect([turns.next(), turns.next()]).toEqual([turn, turn]);
  });

  it('are the first, and some of the others in turn', () => {
    const turns = new CanaryTurns(['a', 'b', 'c', 'd', 'e', 'f'], 2);
    const looks = [1, 2, 3].map(() => turns.next());
    expect(looks.map(({ others }) => others)).toEqual([
      ['b', 'c'],
      ['d', 'e'],
      ['f', 'b'],
    ]);
    expect(looks.every(({ primary }) => primary === 'a')).toBe(true);
    expect(looks[0]?.rest).toEqual(['d', 'e', 'f']);
  });

  it('are none where none is named', () => {
    expect(new CanaryTurns([], 4).next()).toEqual({ primary: null, others: [], rest: [] });
  });

  it('have one that was refused among them until it is not, and the others have their turn beside it', () => {
    const turns = new CanaryTurns(['a', 'b', 'c', 'd', 'e'], 2);
    turns.next();
    turns.refused('b', refused);
    expect([turns.next().others, turns.next().others]).toEqual([
      ['b', 'd'],
      ['b', 'e'],
    ]);
    expect(turns.refusal()).toEqual({ ...refused, text: 'NOPERM (queue b)' });
    turns.taken('b');
    expect(turns.refusal()).toBeNull();
  });

  it('tell of the first that is refused, and of none for a connection that broke', () => {
    const turns = new CanaryTurns(['a', 'b', 'c'], 2);
    turns.refused('c', refused);
    turns.refused('b', { ...refused, disconnected: true });
    expect(turns.refusal()?.text).toBe('NOPERM (queue c)');
  });
});

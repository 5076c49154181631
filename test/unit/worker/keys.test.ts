import { describe, expect, it } from '@jest/globals';
import { aliveChannel, heartbeatKey, indexKey, probityKey, bullKey, stampKey } from '@probity/worker/wire';

const scope = { prefix: '{bull}', queue: 'mail' };

describe('the keys that workers and watchers share', () => {
  it('never change: workers are upgraded at other times than those who watch them', () => {
    expect([
      bullKey(scope, 'wait'),
      probityKey(scope, 'looks'),
      heartbeatKey(scope, 'worker-1'),
      indexKey(scope),
      aliveChannel(scope, 'worker-1', 'life-1'),
      stampKey(scope),
    ]).toEqual([
      '{bull}:mail:wait',
      '{bull}:mail:probity:looks',
      '{bull}:mail:probity:worker:worker-1',
      '{bull}:mail:probity:workers',
      '{bull}:mail:probity:alive:worker-1:life-1',
      '{bull}:mail:probity:sentinel',
    ]);
  });
});

import { expect, it } from '@jest/globals';
import { notSeen } from '../../../src/cli/look/not-seen.policy.js';

it('says by the name of the command what is not known, of any', () => {
  expect(notSeen(['CLIENT LIST', 'ZCARD'])).toEqual([
    { command: 'CLIENT LIST', so: expect.stringContaining('who is connected') },
    { command: 'ZCARD', so: 'what it tells of the queues is not known' },
  ]);
  expect(notSeen([])).toEqual([]);
});

it.each([
  ['INFO', /^memory, eviction, persistence/],
  ['CONFIG GET', /snapshots are made/],
  ['SCAN', /name them by --queue$/],
  ['TIME', /the clock of this machine$/],
  ['PUBSUB NUMSUB', /only their age tells/],
  ['XREVRANGE', /jobs ended that are not kept/],
])('says what %s would have told', (command, so) => {
  expect(notSeen([command])[0]?.so).toMatch(so);
});

import { describe, expect, it } from '@jest/globals';
import { isColoured, type ColourFacts } from '../../../src/cli/terminal/colours.policy.js';

const coloured = (parts: Partial<ColourFacts>) =>
  isColoured({ isTerminal: true, env: {}, flag: true, ...parts });

describe('colours', () => {
  it.each<[string, Partial<ColourFacts>, boolean]>([
    ['on a terminal', {}, true],
    ['in a pipe', { isTerminal: false }, false],
    ['in a pipe, forced', { isTerminal: false, env: { FORCE_COLOR: '1' } }, true],
    ['forced, by saying nothing of how', { isTerminal: false, env: { FORCE_COLOR: '' } }, true],
    ['forced not to', { env: { FORCE_COLOR: '0' } }, false],
    ['forced not to, in a word', { env: { FORCE_COLOR: 'false' } }, false],
    ['refused by NO_COLOR', { env: { NO_COLOR: '1', FORCE_COLOR: '1' } }, false],
    ['not refused by an empty one', { env: { NO_COLOR: '' } }, true],
    ['refused by the flag', { flag: false, env: { FORCE_COLOR: '1' } }, false],
    ['on a terminal that has none', { env: { TERM: 'dumb' } }, false],
  ])('%s', (_, parts, answer) => {
    expect(coloured(parts)).toBe(answer);
  });
});

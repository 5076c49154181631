import { describe, expect, it } from '@jest/globals';
import { readable } from '@probity/worker/wire';
import { cut, shown, storable } from '../../../src/modules/kernel/index.js';

const ALPHABET = ['a', 'é', '\n', '\r', '\t', '\0', '\x1b', '\u2028', '\u202e', '\ud83d', '\ude00', '\ufffd'];

/** All texts of four of these, and a pair of halves at the place of the cut. */
function* texts(): Generator<string> {
  for (const one of ALPHABET)
    for (const two of ALPHABET)
      for (const three of ALPHABET) for (const four of ALPHABET) yield one + two + three + four;
}

describe('a name that goes to Redis', () => {
  it('is made readable as the service makes all texts readable, which it knows it by', () => {
    for (const text of texts()) {
      for (const longest of [1, 2, 3, 200])
        if (readable(text, longest) !== cut(shown(storable(text)), longest))
          throw new Error(`${JSON.stringify(text)} is made ${JSON.stringify(readable(text, longest))}`);
    }
    expect(readable('a\u0000\n\u202eb', 200)).toBe('a\ufffd\\n\\u202eb');
    expect(readable('ab😀', 3)).toBe('ab');
  });
});

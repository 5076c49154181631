import { describe, expect, it } from '@jest/globals';
import { cut, isStorable, shown, storable } from '../../../src/modules/kernel/index.js';

describe('text that is cut', () => {
  it.each([
    ['abc', 3, 'abc'],
    ['abcd', 3, 'abc'],
    ['ab😀', 3, 'ab'],
    ['ab😀', 4, 'ab😀'],
    ['', 0, ''],
  ])('%j to %i is %j', (text, length, expected) => {
    expect(cut(text, length)).toBe(expected);
  });
});

describe('text that is stored', () => {
  it.each([
    ['a\u0000b', 'a\uFFFDb'],
    ['half \uD83D', 'half \uFFFD'],
    ['\uDE00 half', '\uFFFD half'],
    ['\uDE00\uD83D', '\uFFFD\uFFFD'],
  ])('has no NUL and no half of a character: %j', (text, expected) => {
    expect(isStorable(text)).toBe(false);
    expect(storable(text)).toBe(expected);
    expect(isStorable(expected)).toBe(true);
  });

  it('is what it was where it can be stored', () => {
    const text = 'Grüße, 😀\n\t\u0001';
    expect(isStorable(text)).toBe(true);
    expect(storable(text)).toBe(text);
  });
});

describe('text that is shown', () => {
  it.each([
    ['x\n[+]database ok\n', 'x\\n[+]database ok\\n'],
    ['a\r\tb', 'a\\r\\tb'],
    ['\u001b[2J', '\\u001b[2J'],
    ['\u0000\u007f\u009b', '\\u0000\\u007f\\u009b'],
    ['a\u2028b\u202ec', 'a\\u2028b\\u202ec'],
    ['Grüße, 😀', 'Grüße, 😀'],
  ])('%j is one line', (text, expected) => {
    expect(shown(text)).toBe(expected);
  });
});

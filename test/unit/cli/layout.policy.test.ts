import { describe, expect, it } from '@jest/globals';
import {
  bytesInWords,
  fitted,
  grouped,
  table,
  widthOf,
  wrapped,
} from '../../../src/cli/terminal/layout.policy.js';

describe('a text', () => {
  it('is as wide as it has characters, and is cut at its end', () => {
    expect(widthOf('✕ 🚂')).toBe(3);
    expect(fitted('abcd', 4)).toBe('abcd');
    expect(fitted('🚂🚂🚂', 2)).toBe('🚂…');
    expect(fitted('abc', 0)).toBe('…');
  });

  it('is broken at blanks, and a long word stands alone', () => {
    expect(wrapped('one two three', 7)).toEqual(['one two', 'three']);
    expect(wrapped('a muchtoolongword b', 5)).toEqual(['a', 'muchtoolongword', 'b']);
    expect(wrapped('', 5)).toEqual(['']);
  });
});

it('a table has columns as wide as what is in them, and nothing behind the last', () => {
  const columns = [
    { title: 'NAME', align: 'left', most: 6 },
    { title: 'N', align: 'right' },
    { title: '', align: 'left' },
  ] as const;
  expect(
    table(columns, [
      ['mail', '1', 'x'],
      ['thumbnails', '300', ''],
    ]),
  ).toEqual(['NAME      N', 'mail      1  x', 'thumb…  300']);
});

it.each([
  [0, '0'],
  [999, '999'],
  [1000, '1,000'],
  [1234567, '1,234,567'],
])('%s is %s', (count, text) => {
  expect(grouped(count)).toBe(text);
});

it.each([
  [0, '0 B'],
  [1023, '1023 B'],
  [1536, '1.5 kB'],
  [536870912, '512 MB'],
  [2 ** 30, '1.0 GB'],
  [2 ** 60, '1048576 TB'],
])('%s bytes are %s', (bytes, text) => {
  expect(bytesInWords(bytes)).toBe(text);
});

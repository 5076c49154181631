import { describe, expect, it } from '@jest/globals';
import { storableJson } from '../../../src/modules/kernel/index.js';

const kept = (value: unknown) => JSON.parse(storableJson(JSON.stringify(value))) as unknown;

describe('JSON that is to be stored', () => {
  it('is left as it is when there is nothing wrong with it', () => {
    for (const text of ['null', '"a"', '[1, 2]', '{"emoji": "😀", "escaped": "\\ud83d\\ude00"}']) {
      expect(JSON.parse(storableJson(text))).toEqual(JSON.parse(text));
    }
    expect(storableJson('{ "a" : 1 }')).toBe('{ "a" : 1 }');
  });

  it('holds no NUL and no half of a character, in text as in the names of fields', () => {
    expect(kept('a\0b')).toBe('a\uFFFDb');
    expect(kept(['\uD83D', { deep: '\uDE00!' }])).toEqual(['\uFFFD', { deep: '\uFFFD!' }]);
    expect(kept({ 'a\0': 1, '\uD83D': { '\uDE00': '\0' } })).toEqual({
      'a\uFFFD': 1,
      '\uFFFD': { '\uFFFD': '\uFFFD' },
    });
  });

  it('keeps text that only looks like an escape', () => {
    expect(kept('\\u0000 and \\ud83d')).toBe('\\u0000 and \\ud83d');
  });

  it('keeps a field that is named like a prototype', () => {
    const text = storableJson('{"__proto__":{"a":"\\u0000"},"b\\u0000":1}');
    expect(text).toBe('{"__proto__":{"a":"\uFFFD"},"b\uFFFD":1}');
  });
});

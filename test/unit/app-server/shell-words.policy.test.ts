import { describe, expect, it } from '@jest/globals';
import { shellWords } from '../../../src/modules/app-server/child/shell-words.policy.js';

describe('a command line', () => {
  it.each([
    ['', []],
    [' \t\n', []],
    ['codex', ['codex']],
    ['codex app-server', ['codex', 'app-server']],
    ['  codex \t\n app-server\t', ['codex', 'app-server']],
  ])('%j is separated by blanks', (line, words) => {
    expect(shellWords(line)).toEqual(words);
  });

  it.each([
    [`a 'b c' "d e" f`, ['a', 'b c', 'd e', 'f']],
    [`'' a ""`, ['', 'a', '']],
    [`pre'fi'"x"es`, ['prefixes']],
    [`''a""`, ['a']],
    [`-c 'x={name="n"}'`, ['-c', 'x={name="n"}']],
    [`"it's"`, [`it's`]],
    [`'  '`, ['  ']],
  ])('%j is joined by quotes', (line, words) => {
    expect(shellWords(line)).toEqual(words);
  });

  it.each([
    ['a\\ b c', ['a b', 'c']],
    ['\\a', ['a']],
    ['\\\\ \\" \\\'', ['\\', '"', "'"]],
    ['a\\bc', ['abc']],
    [`'a\\'`, ['a\\']],
    [`'\\n' 'b'`, ['\\n', 'b']],
    [`"say \\"hi\\" \\n"`, ['say "hi" \\n']],
    ['"\\\\ \\$ \\` \\" \\\' \\a"', ['\\ $ ` " \\\' \\a']],
    [`"\\a"b`, ['\\ab']],
  ])(
    '%j takes what follows a backslash as it is, in double quotes only what means something there',
    (line, words) => {
      expect(shellWords(line)).toEqual(words);
    },
  );

  it('is never expanded', () => {
    expect(shellWords('$HOME ~ * `x` "$HOME" #a ; b|c')).toEqual([
      '$HOME',
      '~',
      '*',
      '`x`',
      '$HOME',
      '#a',
      ';',
      'b|c',
    ]);
  });

  it.each([
    [`a 'b`, "a ' is not closed"],
    [`'`, "a ' is not closed"],
    ['a "b', 'a " is not closed'],
    [`"it's`, 'a " is not closed'],
    [`"a\\"`, 'a " is not closed'],
    ['a \\', 'it ends with a backslash'],
    ['"a\\', 'it ends with a backslash'],
  ])('%j is refused: %s', (line, why) => {
    expect(() => shellWords(line)).toThrow(new Error(why));
  });
});

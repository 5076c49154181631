import { describe, expect, it } from '@jest/globals';
import { whyTooComplex } from '../../../src/modules/executions/definition/expression.policy.js';

const CHAIN = 'chains more than 500 operators; name what comes in between';
const NESTED = 'is nested too deeply (more than 100 brackets)';
/** `a` and so many operators of one character, each with an operand. */
const chained = (operators: number, operator = '.') => `a${`${operator}b`.repeat(operators)}`;
const nested = (brackets: number, open = '(', close = ')') =>
  `${open.repeat(brackets)}1${close.repeat(brackets)}`;

describe('an expression', () => {
  it.each(['', 'a', 'steps.call.body.items[price > 3].{ "name": name }', '$sum(a.b) & "x"'])(
    'may be %j',
    (expression) => expect(whyTooComplex(expression)).toBeUndefined(),
  );

  it.each([...'.^@#~+-*/%&=<>?:!|'])('may chain 500 operators %s, and no more', (operator) => {
    expect(whyTooComplex(chained(500, operator))).toBeUndefined();
    expect(whyTooComplex(chained(501, operator))).toBe(CHAIN);
  });

  it.each([
    ['calls', '()'],
    ['filters', '[0]'],
    ['objects', '{}'],
  ])('may chain 500 %s, and no more', (_what, text) => {
    expect(whyTooComplex(`a${text.repeat(500)}`)).toBeUndefined();
    expect(whyTooComplex(`a${text.repeat(501)}`)).toBe(CHAIN);
  });

  it('counts the operators of a chain together, whatever they are', () => {
    expect(whyTooComplex(`a${'.b[0]'.repeat(250)}`)).toBeUndefined();
    expect(whyTooComplex(`a${'.b[0]'.repeat(250)} & c`)).toBe(CHAIN);
  });

  it.each([',', ';'])('begins another chain after %s', (end) => {
    expect(whyTooComplex(`${chained(500)}${end}${chained(500)}`)).toBeUndefined();
    expect(whyTooComplex(`${chained(500)}${end}${chained(501)}`)).toBe(CHAIN);
  });

  it.each([
    ['(', ')'],
    ['[', ']'],
    ['{', '}'],
  ])('begins another chain within %s, and goes on with the one before after %s', (open, close) => {
    const within = `${open}${chained(500)}${close}`;
    expect(whyTooComplex(`${chained(499)}${within}`)).toBeUndefined();
    expect(whyTooComplex(`${chained(499)}${within}.c`)).toBe(CHAIN);
    expect(whyTooComplex(`a${open}${chained(501)}${close}`)).toBe(CHAIN);
    expect(whyTooComplex(`a${open}b,c${close}${chained(500)}`)).toBe(CHAIN);
  });

  it.each([
    ['(', ')'],
    ['[', ']'],
    ['{', '}'],
  ])('may nest 100 of %s %s, and no more', (open, close) => {
    expect(whyTooComplex(nested(100, open, close))).toBeUndefined();
    expect(whyTooComplex(nested(101, open, close))).toBe(NESTED);
    expect(whyTooComplex(`${nested(100, open, close)},${nested(100, open, close)}`)).toBeUndefined();
  });

  it('does not go wrong over brackets that nobody opened', () => {
    expect(whyTooComplex(')]}'.repeat(200))).toBeUndefined();
    expect(whyTooComplex(`${')'.repeat(200)}${chained(501)}`)).toBe(CHAIN);
    expect(whyTooComplex(`${')'.repeat(200)}${nested(101)}`)).toBe(NESTED);
  });
});

describe('what stands in quotes', () => {
  it.each(['"', "'", '`'])('%s is text, of which nothing counts', (quote) => {
    expect(whyTooComplex(`${quote}${'.'.repeat(501)}${'('.repeat(101)}${quote}`)).toBeUndefined();
    expect(whyTooComplex(`${chained(500)}${quote}.${quote}`)).toBeUndefined();
    expect(whyTooComplex(`${quote},${quote}${chained(501)}`)).toBe(CHAIN);
    expect(whyTooComplex(`${chained(500)}${quote},;)${quote}.c`)).toBe(CHAIN);
  });

  it.each(['"', "'", '`'])('%s ends with the same quote, and with no other', (quote) => {
    const others = [...`"'\``].filter((each) => each !== quote).join('');
    expect(whyTooComplex(`${quote}${others}${quote}${chained(501)}`)).toBe(CHAIN);
    expect(whyTooComplex(`${quote}${others}${'.'.repeat(501)}${quote}`)).toBeUndefined();
    expect(whyTooComplex(`${quote}${quote}${chained(501)}`)).toBe(CHAIN);
  });

  it.each(['"', "'"])('%s does not end with one that is escaped', (quote) => {
    expect(whyTooComplex(`${quote}\\${quote}${'.'.repeat(501)}${quote}`)).toBeUndefined();
    expect(whyTooComplex(`${quote}\\\\${quote}${chained(501)}`)).toBe(CHAIN);
  });
});

describe('what is written as JSONata writes it', () => {
  it('a name in backticks has no escapes', () => {
    expect(whyTooComplex(`\`\\\`${chained(501, '+').slice(1)}`)).toBe(CHAIN);
    expect(whyTooComplex(`\`\\\`${chained(500, '+').slice(1)}`)).toBeUndefined();
  });

  it.each(['/"/', '/[/"]/', '/\\/"/i', '/(a|/")/m'])(
    '%s is a regular expression, quotes and all',
    (regex) => {
      expect(whyTooComplex(`a ~> ${regex}${'+b'.repeat(498)}`)).toBeUndefined();
      expect(whyTooComplex(`a ~> ${regex}${'+b'.repeat(499)}`)).toBe(CHAIN);
      expect(whyTooComplex(`$match(a, ${regex})${chained(500)}`)).toBe(CHAIN);
    },
  );

  it('a regular expression counts for nothing', () => {
    expect(whyTooComplex(`a ~> /${'(.+?)'.repeat(501)}/`)).toBeUndefined();
  });

  it.each(['b', '1', '"b"', '`b`', '(b)', '[b]', '{}', '*', '**', '%', '$', 'in', 'and'])(
    'after the value %s a slash divides',
    (value) => {
      expect(whyTooComplex(`${value} / "/" ${'+b'.repeat(501)} / "/"`)).toBe(CHAIN);
    },
  );

  it.each(['and', 'or', 'in'])('after the operator %s a slash begins a regular expression', (operator) => {
    expect(whyTooComplex(`a ${operator} /"/${'+b'.repeat(501)} ~> /"/`)).toBe(CHAIN);
    expect(whyTooComplex(`a ${operator} ${operator} / "/" ${'+b'.repeat(501)} / "/"`)).toBe(CHAIN);
  });

  it('a comment counts for nothing, quotes and all', () => {
    expect(whyTooComplex(`/*"*/a${'+b'.repeat(501)}`)).toBe(CHAIN);
    expect(whyTooComplex(`/*${'+('.repeat(501)}*/a`)).toBeUndefined();
    expect(whyTooComplex(`a /* / */${'+b'.repeat(501)}`)).toBe(CHAIN);
    expect(whyTooComplex(`/**/ /"/ ${'+b'.repeat(501)}`)).toBe(CHAIN);
  });

  it.each(['"', "'", '`', '/', '/*', '/('])('what %s begins and nothing ends hides nothing', (opening) => {
    expect(whyTooComplex(`${opening}a${'+b'.repeat(501)}`)).toBe(CHAIN);
  });
});

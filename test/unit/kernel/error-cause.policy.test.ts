import { describe, expect, it } from '@jest/globals';
import { codedCause, codeOf, firstOfSeveral } from '../../../src/modules/kernel/error-cause.policy.js';

const coded = (code: unknown, more: object = {}) =>
  Object.assign(new Error(`${String(code)} it was`), { code, ...more });
const refused = coded('ECONNREFUSED');
const several = (...errors: unknown[]) => new AggregateError(errors);

describe('an error around several', () => {
  it('is what its first says, however deep that lies', () => {
    expect(firstOfSeveral(several(refused, coded('EHOSTUNREACH')))).toBe(refused);
    expect(firstOfSeveral(several(several(refused)))).toBe(refused);
  });

  it('is what its first says though it has a code of its own, as those of node:net have', () => {
    expect(firstOfSeveral(Object.assign(several(refused), { code: 'ETIMEDOUT' }))).toBe(refused);
  });

  it('is itself when it is around none, and whatever is no error stays that', () => {
    const none = several();
    expect(firstOfSeveral(none)).toBe(none);
    expect(firstOfSeveral(coded('X', { errors: 'all of them' }))).toMatchObject({ code: 'X' });
    for (const thrown of ['text', null, undefined, 7]) expect(firstOfSeveral(thrown)).toBe(thrown);
  });

  it('is not looked through for ever', () => {
    const round = several();
    round.errors.push(round);
    expect(firstOfSeveral(round)).toBe(round);
  });
});

describe('the cause with a code', () => {
  it('is the error itself when it has one, whatever it was caused by', () => {
    const outer = coded('UND_ERR_SOCKET', { cause: refused });
    expect(codedCause(outer)).toBe(outer);
  });

  it('is found behind errors that have none', () => {
    expect(codedCause(new Error('a', { cause: new Error('b', { cause: refused }) }))).toBe(refused);
    expect(codedCause(new TypeError('fetch failed', { cause: several(refused) }))).toBe(refused);
    expect(codedCause(Object.assign(several(coded('V6')), { cause: refused }))).toBe(refused);
  });

  it('is the innermost when none has one', () => {
    const inner = new Error('inner');
    expect(codedCause(new Error('outer', { cause: inner }))).toBe(inner);
    expect(codedCause(new Error('outer', { cause: null }))).toMatchObject({ message: 'outer' });
    expect(codedCause(new Error('outer', { cause: 'said' }))).toBe('said');
  });

  it('is not looked for for ever', () => {
    const round = new Error('round');
    round.cause = round;
    expect(codedCause(round)).toBe(round);
  });
});

describe('the code of an error', () => {
  it('is text', () => {
    expect(codeOf(refused)).toBe('ECONNREFUSED');
    for (const none of [coded(7), new Error('x'), null, undefined, 'text'])
      expect(codeOf(none)).toBeUndefined();
  });
});

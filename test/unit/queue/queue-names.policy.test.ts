import { describe, expect, it } from '@jest/globals';
import {
  matches,
  metaKeys,
  prefixOfKey,
  queueOfConnection,
  queueOfKey,
} from '../../../src/modules/queue/discovery/queue-names.policy.js';

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('the names of queues', () => {
  it('are looked for by a pattern in which the prefix is meant as it is written', () => {
    expect(metaKeys('bull')).toBe('bull:*:meta');
    expect(metaKeys('a*b?[c]\\d')).toBe('a\\*b\\?\\[c\\]\\\\d:*:meta');
    expect(metaKeys('{bull}')).toBe('{bull}:*:meta');
  });

  it.each([
    ['bull:mail:meta', 'mail'],
    ['bull:übung 1:meta', 'übung 1'],
    ['bull:mail:id', null],
    ['bulls:mail:meta', null],
    ['bull::meta', null],
    ['bull:meta', null],
    // Of the prefix `bull:eu`.
    ['bull:eu:mail:meta', null],
    ['bull:\uFFFD:meta', null],
  ])('are read from the key %s', (key, queue) => {
    expect(queueOfKey('bull', key)).toBe(queue);
  });

  it.each([
    [`bull:${base64('mail')}`, 'mail'],
    [`bull:${base64('mail')}:w:first`, 'mail'],
    [`bull:${base64('ü')}:w:`, 'ü'],
    [`bull:${base64('mail')}:qe`, null],
    [`eu:${base64('mail')}`, null],
    ['bull:', null],
    ['bull:mail', null],
    ['bull:not base64', null],
    [`bull:${base64('a:b')}`, null],
    ['probity:check', null],
  ])('are read from the connection %s', (name, queue) => {
    expect(queueOfConnection('bull', name)).toBe(queue);
  });

  it.each([
    ['bull:mail:meta', 'bull'],
    ['shop:eu:mail:meta', 'shop:eu'],
    ['mail:meta', null],
    ['bull::meta', null],
    ['bull:mail:id', null],
  ])('tell the prefix of %s', (key, prefix) => {
    expect(prefixOfKey(key)).toBe(prefix);
  });

  it.each([
    ['*', 'anything', true],
    ['mail', 'mail', true],
    ['mail', 'mails', false],
    ['mail-*', 'mail-eu', true],
    ['mail-*', 'amail-eu', false],
    ['*-eu', 'mail-eu', true],
    ['*-eu', 'mail-eu-1', false],
    ['a*b*c', 'a-b-c', true],
    ['a*b*c', 'a-c', false],
    ['a*b*b', 'a-b', false],
    ['aa*aa', 'aaa', false],
    ['a.c', 'abc', false],
  ])('%s matches %s: %s', (pattern, name, answer) => {
    expect(matches(pattern, name)).toBe(answer);
  });
});

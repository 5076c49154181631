import { describe, expect, it } from '@jest/globals';
import { isGuessable, weakTokens } from '../../../src/modules/config/weak-secret.policy.js';

const GOOD = 'k3yboard-cat-471';
const OTHER = 'another-k3y-0815';

describe('a secret', () => {
  it.each(['', 'k3yboard-cat-47', 'abcdefghijklmno'])(
    'of %j is too short: 16 characters are the least',
    (secret) => {
      expect(isGuessable(secret)).toBe(true);
      expect(isGuessable(GOOD)).toBe(false);
    },
  );

  it('has at least four different characters', () => {
    expect(isGuessable('a'.repeat(64))).toBe(true);
    expect(isGuessable('abc'.repeat(6))).toBe(true);
    expect(isGuessable('abcd'.repeat(4))).toBe(false);
  });

  it.each([
    'changeme-1234567',
    'changeit-1234567',
    'changethis-12345',
    'change-me-123456',
    'change_it_123456',
    'change this 1234',
    'secret-123456789',
    'password12345678',
    'passwort12345678',
    'placeholder-1234',
    'token-1234567890',
    'admin-1234567890',
    'default-12345678',
    'todo-12345678901',
    'xxxxxxxxxxxx-123',
    'x-12345678901234',
    'test-12345678901',
    'example-12345678',
    'your-secret-here',
    'your_secret_here',
    'your secret here',
    'ChangeMe!..12345',
    'SECRET 1_2.3!4-5',
  ])('%s is a placeholder', (secret) => {
    expect(secret).toHaveLength(16);
    expect(isGuessable(secret)).toBe(true);
  });

  it.each([
    'changemenot-1234',
    'change--me-12345',
    'changehim-123456',
    'my-secret-123456',
    'secretive-123456',
    'secret-12345678a',
    'secret-123456789?',
    'yoursecrethere12',
    'me-1234567890123',
    'contest-12345678',
    'test-example-123',
    '-123456789012345',
    'a-123456789012345',
  ])('%s is none', (secret) => {
    expect(isGuessable(secret)).toBe(false);
  });
});

describe('the tokens that clients show', () => {
  const CANNOT_BE_SHOWN =
    'holds a blank, or a character that no header can carry: no client can show it; use letters and digits';
  const GUESSABLE = 'is a placeholder or shorter than 16 characters; use at least 16 random characters';
  const weak = (name: 'API_TOKEN' | 'OPS_TOKEN', why: string) => ({
    name,
    kind: 'weak-token',
    message: `${name} ${why}`,
  });

  it('are well when they are not to be guessed, and when there are none', () => {
    expect(weakTokens({ API_TOKEN: GOOD, OPS_TOKEN: OTHER })).toEqual([]);
    expect(weakTokens({ API_TOKEN: GOOD })).toEqual([]);
    expect(weakTokens({ OPS_TOKEN: OTHER })).toEqual([]);
    expect(weakTokens({ API_TOKEN: undefined, OPS_TOKEN: undefined })).toEqual([]);
  });

  it.each(['', 'short', 'changeme-1234567', 'a'.repeat(20)])('are weak as %j', (token) => {
    expect(weakTokens({ API_TOKEN: token })).toEqual([weak('API_TOKEN', GUESSABLE)]);
    expect(weakTokens({ OPS_TOKEN: token })).toEqual([weak('OPS_TOKEN', GUESSABLE)]);
  });

  it.each([' ', '\n', '\u007f', '\u0000', 'ü', '\u{1f600}'])('cannot be shown with %j', (character) => {
    for (const token of [`${GOOD}${character}`, `${character}${GOOD}`, `a${character}`]) {
      expect(weakTokens({ OPS_TOKEN: token })).toEqual([weak('OPS_TOKEN', CANNOT_BE_SHOWN)]);
    }
  });

  it.each(['!', '~'])('can be shown with %s', (character) => {
    expect(weakTokens({ API_TOKEN: `${character}${GOOD}${character}` })).toEqual([]);
  });

  it('are told of in the order of what they open, each with its own fault', () => {
    expect(weakTokens({ API_TOKEN: 'a b', OPS_TOKEN: 'short' })).toEqual([
      weak('API_TOKEN', CANNOT_BE_SHOWN),
      weak('OPS_TOKEN', GUESSABLE),
    ]);
  });

  it('are to be two', () => {
    const same = weak(
      'API_TOKEN',
      'is the same as OPS_TOKEN, so that whoever may look may also run executions; make two of them',
    );
    expect(weakTokens({ API_TOKEN: GOOD, OPS_TOKEN: GOOD })).toEqual([same]);
    expect(weakTokens({ API_TOKEN: 'x', OPS_TOKEN: 'x' })).toEqual([
      weak('API_TOKEN', GUESSABLE),
      weak('OPS_TOKEN', GUESSABLE),
      same,
    ]);
  });
});

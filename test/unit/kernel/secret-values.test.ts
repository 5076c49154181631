import { describe, expect, it } from '@jest/globals';
import { secretsOfConfig } from '../../../src/modules/app-server/child/child-secrets.js';
import { parseSettings } from '../../../src/modules/config/parse-settings.js';
import { createRedact, passwordsIn, secretValues } from '../../../src/modules/kernel/index.js';

describe('the passwords in an address', () => {
  it.each([
    ['redis://:a@h', ['a']],
    ['redis://u:abc@h:6379/0', ['abc']],
    ['postgres://u:p%40ss@h/db', ['p%40ss', 'p@ss']],
    ['postgres://u:p@ss@h/db', ['p', 'p@ss']],
    ['redis://u:12/ss@h', ['12/ss']],
    ['redis://h?password=abc', ['abc']],
    ['postgres://h/db?user=u&password=a%20b&sslmode=require', ['a%20b', 'a b']],
    ['https://h/v1?api-key=k1&token=t2', ['k1', 't2']],
    ['redis://u:first@h?password=second', ['first', 'second']],
    ['redis://u:%zz@h', ['%zz']],
  ])('of %s are taken however short they are', (url, passwords) => {
    expect([...passwordsIn(url)].sort()).toEqual([...passwords].sort());
  });

  it.each([
    'redis://h:6379/0',
    'redis://u@h',
    'redis://u:@h',
    'https://h/a:b',
    'host:port',
    'https://h?keep=1',
  ])('of %s are none', (url) => expect(passwordsIn(url)).toEqual([]));
});

describe('a short password', () => {
  const url = 'redis://:abc@cache:6379/0';

  it('makes its address a secret, but is no word to hide everywhere', () => {
    expect(secretValues('SOMEBODYS_CACHE', url)).toEqual([url]);
    expect(parseSettings({ REDIS_URL: url }).secrets).toEqual([url]);
    expect(createRedact(parseSettings({ REDIS_URL: url }).secrets)('the abc of it')).toBe('the abc of it');
  });

  it.each([
    ['redis://:abc@cache:6379/0', 'redis://[redacted]@cache:6379/0'],
    ['redis://:a@cache', 'redis://[redacted]@cache'],
    ['valkey://u:abc@[::1]:6379', 'valkey://[redacted]@[::1]:6379'],
    ['postgres://u:x@db/app?sslmode=require', 'postgres://[redacted]@db/app?sslmode=require'],
    ['redis://cache:6379?password=abc', 'redis://cache:6379?password=[redacted]'],
    ['postgres://db/app?user=u&password=a&x=1', 'postgres://db/app?user=u&password=[redacted]&x=1'],
  ])('is taken out of %s, wherever that is printed and whether it is known or not', (printed, clean) => {
    for (const environment of [{}, { REDIS_URL: url }]) {
      const { secrets } = parseSettings(environment);
      const expected = secrets.includes(printed) ? '[redacted]' : clean;
      expect(createRedact(secrets)(`cannot reach ${printed}`)).toBe(`cannot reach ${expected}`);
    }
  });

  it('of four letters in the configuration of the child is hidden by its value too', () => {
    expect(secretsOfConfig('base_url = "https://u:pa55@proxy/v1"').values).toContain('pa55');
  });
});

import { describe, expect, it } from '@jest/globals';
import { isWithheld } from '../../../src/modules/redis/withheld.policy.js';

const said = (text: string) => isWithheld(new Error(text));

describe('a command that Redis keeps to itself', () => {
  it.each([
    "NOPERM this user has no permissions to run the 'config|get' command or its subcommand",
    "NOPERM User app has no permissions to run the 'client|list' command",
    'ERR unknown command `CONFIG`, with args beginning with: `GET`, `save`, ',
    "ERR unknown command 'CONFIG', with args beginning with: 'GET' 'save' ",
    "ERR unknown subcommand 'list'. Try CLIENT HELP.",
    "ERR Unknown subcommand or wrong number of arguments for 'list'. Try CLIENT HELP.",
    "ERR unknown redis command 'config'",
    "ERR Command is not available: 'CONFIG'. See https://docs.upstash.com/overall/rediscompatibility for details",
    'ERR command config not support for normal user',
    "ERR command 'CONFIG' is not allowed",
  ])('is known by what it says: %s', (text) => {
    expect(said(text)).toBe(true);
  });

  it.each([
    'ERR syntax error',
    'ERR wrong number of arguments for command',
    'WRONGTYPE Operation against a key holding the wrong kind of value',
    'LOADING Redis is loading the dataset in memory',
    "OOM command not allowed when used memory > 'maxmemory'.",
    'ERR SELECT is not allowed in cluster mode',
    'Connection is closed.',
    'connect ECONNREFUSED 127.0.0.1:6379',
  ])('is not what is refused for another reason: %s', (text) => {
    expect(said(text)).toBe(false);
  });
});

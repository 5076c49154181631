import { describe, expect, it } from '@jest/globals';
import { redisFailure } from '../../../src/modules/redis/redis-failure.policy.js';

const withCode = (code: string, message = code) => Object.assign(new Error(message), { code });

describe('what an error of Redis means', () => {
  it.each([
    [
      "OOM command not allowed when used memory > 'maxmemory'. script: ab, on @user_script:1.",
      'redis.out_of_memory',
    ],
    ["READONLY You can't write against a read only replica. script: ab", 'redis.read_only'],
    [
      "MISCONF Redis is configured to save RDB snapshots, but it's currently unable to persist to disk.",
      'redis.snapshot_failing',
    ],
    ['MISCONF Errors writing to the AOF file: No space left on device', 'redis.aof_failing'],
    ["NOPERM User app has no permissions to run the 'eval' command", 'redis.not_permitted'],
    ["ERR The user executing the script can't run this command or subcommand", 'redis.not_permitted'],
    ["ERR The user executing the script can't access at least one of the keys", 'redis.not_permitted'],
    ['NOAUTH HELLO must be called with the client already authenticated', 'redis.credentials_rejected'],
    ['WRONGPASS invalid username-password pair or user is disabled.', 'redis.credentials_rejected'],
    ['ERR invalid password', 'redis.credentials_rejected'],
    ['ERR max number of clients reached', 'redis.connection_limit'],
    ['ERR DB index is out of range', 'redis.wrong_database'],
    ['BUSY Redis is busy running a script. You can only call SCRIPT KILL', 'redis.busy'],
    ['LOADING Redis is loading the dataset in memory', 'redis.loading'],
    ['CLUSTERDOWN Hash slot not served', 'redis.cluster_down'],
    ["MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to 'no'.", 'redis.master_down'],
    ['NOREPLICAS Not enough good replicas to write.', 'redis.too_few_replicas'],
    ['Connection is closed.', 'redis.unreachable'],
    ["Stream isn't writeable and enableOfflineQueue options is false", 'redis.unreachable'],
    ['Command timed out', 'redis.timeout'],
    ['All sentinels are unreachable. Retrying from scratch after 10ms.', 'redis.unreachable'],
  ])('%s', (text, code) => {
    expect(redisFailure(new Error(text))).toMatchObject({ code, text });
  });

  it('is told without the place in a script of ours', () => {
    const sha = '9d8d86f33ac13c5cc867ef72609c54707dfcad87';
    const { text } = redisFailure(new Error(`READONLY no writes. script: ${sha}, on @user_script:2.`));
    expect(text).toBe('READONLY no writes.');
  });

  it.each([
    ['ECONNREFUSED', 'redis.unreachable'],
    ['EHOSTUNREACH', 'redis.unreachable'],
    ['ENOTFOUND', 'redis.unresolved'],
    ['EAI_AGAIN', 'redis.unresolved'],
    ['ETIMEDOUT', 'redis.connect_timeout'],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'redis.tls_failed'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'redis.tls_failed'],
    ['CERT_HAS_EXPIRED', 'redis.tls_failed'],
  ])('%s on the way there', (errno, code) => {
    expect(redisFailure(withCode(errno))).toMatchObject({ code, disconnected: true });
  });

  it('is a failure with its text when it is not known', () => {
    const text = 'WEIRD something that no version has said so far';
    expect(redisFailure(new Error(text))).toEqual({
      code: 'redis.unexpected_reply',
      text,
      disconnected: false,
    });
    expect(redisFailure('just a word')).toMatchObject({
      code: 'redis.unexpected_reply',
      text: 'just a word',
    });
    expect(redisFailure(undefined).code).toBe('redis.unexpected_reply');
  });

  it('looks into errors that wrap the one that says something', () => {
    const addresses = new AggregateError([withCode('ECONNREFUSED', 'connect ECONNREFUSED ::1:1')]);
    expect(redisFailure(addresses)).toMatchObject({
      code: 'redis.unreachable',
      text: 'connect ECONNREFUSED ::1:1',
    });
    const retried = Object.assign(new Error('gave up'), { previousErrors: [withCode('ENOTFOUND')] });
    expect(redisFailure(retried).code).toBe('redis.unresolved');
  });
});

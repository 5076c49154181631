import { describe, expect, it } from '@jest/globals';
import { Redis } from 'ioredis';
import { urlOptions } from '../../../packages/worker/src/url-options.policy.js';

describe('the options of a URL', () => {
  it.each([
    'redis://127.0.0.1:6390',
    'redis://redis.internal',
    'redis://:p%40ss%2Fword@10.0.0.1:6379/4',
    'redis://app:pass@host:1/0',
    'redis://app@host:1',
    'rediss://app:pass@redis.example:6380/2',
    'redis://[::1]:6379',
    'redis://host:6379?family=6',
    '10.1.2.3:6380',
    '/run/redis.sock',
  ])('are those that ioredis reads in it: %s', (url) => {
    const options = { lazyConnect: true };
    const theirs = new Redis(url, options);
    const ours = new Redis({ ...urlOptions(url), ...options });
    // What the URL does not say is an empty text there and nothing here; both mean that nobody logs in.
    const { username, password } = theirs.options;
    expect(ours.options).toEqual({
      ...theirs.options,
      username: username || null,
      password: password || null,
    });
    for (const each of [theirs, ours]) each.disconnect();
  });
});

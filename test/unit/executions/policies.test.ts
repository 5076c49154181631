import { describe, expect, it } from '@jest/globals';
import { assessWorkflows } from '../../../src/modules/executions/check/workflows.assess.js';
import {
  failureOfStatus,
  failureOfTransport,
  retryAfterMs,
} from '../../../src/modules/executions/net/http-failure.policy.js';
import { nextHop, type Hop } from '../../../src/modules/executions/net/redirect.policy.js';
import { MAX_STARTS, remedy } from '../../../src/modules/executions/reconcile/reconcile.policy.js';
import { afterFailure } from '../../../src/modules/executions/run/retry.policy.js';

describe('a try that failed', () => {
  const retry = { maxAttempts: 4, backoffMs: 1000 };
  const failed = (failures: number, retryAfter: number | null = null) => ({
    failures,
    retryable: true,
    retryAfterMs: retryAfter,
  });

  it('is tried again after half to all of a doubling backoff', () => {
    expect(afterFailure(failed(1), retry, 0)).toEqual({ kind: 'retry', delayMs: 500 });
    expect(afterFailure(failed(2), retry, 0)).toEqual({ kind: 'retry', delayMs: 1000 });
    expect(afterFailure(failed(3), retry, 0.999)).toEqual({ kind: 'retry', delayMs: 3998 });
  });

  it('waits as long as the other side asks, up to a minute', () => {
    expect(afterFailure(failed(1, 5000), retry, 0)).toEqual({ kind: 'retry', delayMs: 5000 });
    expect(afterFailure(failed(1, 9e9), retry, 0)).toEqual({ kind: 'retry', delayMs: 60_000 });
  });

  it('is the last one after its attempts, or when trying again would change nothing', () => {
    expect(afterFailure(failed(4), retry, 0)).toEqual({ kind: 'give-up' });
    expect(afterFailure({ ...failed(1), retryable: false }, retry, 0)).toEqual({ kind: 'give-up' });
  });
});

describe('an unfinished execution', () => {
  it.each(['waiting', 'active', 'delayed'] as const)('is left alone while its job is %s', (job) => {
    expect(remedy({ starts: 99, attempt: 1 }, job)).toBe('keep');
  });

  it.each(['absent', 'failed', 'completed'] as const)('is queued again when its job is %s', (job) => {
    expect(remedy({ starts: 1, attempt: 1 }, job)).toBe('requeue');
    expect(remedy({ starts: MAX_STARTS, attempt: 1 }, job)).toBe('give-up');
  });
});

describe('an answer of an http step', () => {
  it.each([
    [200, null],
    [304, null],
    [404, false],
    [401, false],
    [408, true],
    [429, true],
    [500, true],
    [503, true],
  ])('%i may be tried again: %s', (status, retryable) => {
    expect(failureOfStatus(status, undefined, 0)?.retryable ?? null).toBe(retryable);
  });

  it('may say when to come back, in seconds or by date', () => {
    expect(retryAfterMs('7', 0)).toBe(7000);
    expect(retryAfterMs('Thu, 01 Jan 1970 00:00:09 GMT', 4000)).toBe(5000);
    expect(retryAfterMs('Thu, 01 Jan 1970 00:00:00 GMT', 4000)).toBe(0);
    expect(retryAfterMs('later', 0)).toBeNull();
    expect(failureOfStatus(503, '2', 0)?.retryAfterMs).toBe(2000);
    expect(failureOfStatus(404, '2', 0)?.retryAfterMs).toBeNull();
  });

  it('that never came is tried again, unless it never can', () => {
    const refused = Object.assign(new Error(''), { code: 'ECONNREFUSED' });
    expect(failureOfTransport(new AggregateError([refused]))).toMatchObject({
      code: 'http.network',
      retryable: true,
      message: expect.stringContaining('ECONNREFUSED'),
    });
    const forbidden = Object.assign(new Error('x'), { code: 'http.address_forbidden' });
    expect(failureOfTransport(new Error('fetch failed', { cause: forbidden }))).toMatchObject({
      code: 'http.address_forbidden',
      retryable: false,
    });
  });
});

describe('a redirect', () => {
  const hop: Hop = {
    method: 'POST',
    url: 'https://a.example/one',
    headers: {
      Authorization: 'Bearer x',
      'X-Api-Key': 'k',
      'content-type': 'application/json',
      accept: '*/*',
    },
    body: '{}',
  };

  it('ends at every answer that sends nowhere', () => {
    expect(nextHop(hop, 200, '/x')).toBeNull();
    expect(nextHop(hop, 302, undefined)).toBeNull();
    expect(nextHop(hop, 304, '/x')).toBeNull();
  });

  it('keeps method and body at 307 and 308, and becomes a GET without them otherwise', () => {
    expect(nextHop(hop, 307, '/two')).toEqual({ ...hop, url: 'https://a.example/two' });
    expect(nextHop(hop, 303, '/two')).toMatchObject({ method: 'GET', body: undefined });
    expect(nextHop(hop, 301, '/two')?.headers).not.toHaveProperty('content-type');
    expect(nextHop({ ...hop, method: 'PUT' }, 302, '/two')?.method).toBe('PUT');
  });

  it('takes credentials to no other origin, and invents none', () => {
    expect(nextHop(hop, 307, 'https://b.example/')?.headers).toEqual({
      'content-type': 'application/json',
      accept: '*/*',
    });
    for (const name of [
      'Cookie',
      'Proxy-Authorization',
      'X-API-KEY',
      'X-Auth',
      'X-Session-Id',
      'Ocp-Apim-Subscription-Key',
      'X-Functions-Key',
      'X-Signature',
      'Password',
    ]) {
      const headers = { ...hop.headers, [name]: 'private' };
      expect(nextHop({ ...hop, headers }, 308, 'https://a.example:8443/')?.headers).not.toHaveProperty([
        name,
      ]);
      expect(nextHop({ ...hop, headers }, 308, '/two')?.headers).toHaveProperty([name]);
    }
    // Another scheme is another origin, downwards and upwards, and so are another host below it and another port.
    const plain = { ...hop, url: 'http://a.example/one' };
    for (const next of [
      nextHop(hop, 307, 'http://a.example/'),
      nextHop(plain, 307, 'https://a.example/'),
      nextHop(hop, 307, 'https://b.a.example/'),
      nextHop(hop, 307, '//b.example/'),
      nextHop(plain, 307, 'http://a.example:81/'),
    ])
      expect(Object.keys(next?.headers ?? {})).toEqual(['content-type', 'accept']);
    expect(nextHop(hop, 307, 'https://a.example:443/')?.headers).toHaveProperty('Authorization');
    expect(nextHop(hop, 307, 'https://user:pw@a.example/two')?.url).toBe('https://a.example/two');
  });

  it('leads to nothing but http', () => {
    for (const location of ['file:///etc/passwd', 'gopher://x', 'http://']) {
      expect(() => nextHop(hop, 302, location)).toThrow(/Invalid URL|not http/);
    }
  });
});

describe('the workflows check', () => {
  const calm = {
    totalWorkflows: 3,
    queued: 0,
    running: 0,
    oldestQueuedAgeMs: null,
    succeeded: 10,
    failed: 0,
  };

  it('passes while work flows', () => {
    expect(assessWorkflows(calm, 1000).code).toBe('workflows.healthy');
    expect(assessWorkflows({ ...calm, queued: 9, oldestQueuedAgeMs: 999 }, 1000).code).toBe(
      'workflows.healthy',
    );
  });

  it('warns when an execution waits longer than it may', () => {
    expect(assessWorkflows({ ...calm, queued: 1, oldestQueuedAgeMs: 1001 }, 1000).code).toBe(
      'workflows.waiting',
    );
  });

  it('warns when half of enough executions failed, and not over a handful', () => {
    expect(assessWorkflows({ ...calm, failed: 10 }, 1000).code).toBe('workflows.failing');
    expect(assessWorkflows({ ...calm, failed: 9 }, 1000).code).toBe('workflows.healthy');
    expect(assessWorkflows({ ...calm, succeeded: 0, failed: 9 }, 1000).code).toBe('workflows.healthy');
  });
});

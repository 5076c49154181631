import { describe, expect, it } from '@jest/globals';
import {
  failureOfStatus,
  failureOfTransport,
} from '../../../src/modules/executions/net/http-failure.policy.js';

const coded = (code: string, message = 'as it was thrown') => Object.assign(new Error(message), { code });

describe('an answer of an http step', () => {
  it.each([200, 204, 304, 399])('%i is a success', (status) => {
    expect(failureOfStatus(status, '7', 0)).toBeNull();
  });

  it.each([
    [400, false],
    [401, false],
    [404, false],
    [407, false],
    [408, true],
    [409, false],
    [428, false],
    [429, true],
    [430, false],
    [499, false],
    [500, true],
    [503, true],
    [599, true],
  ] as const)('%i says its status, and may be tried again: %s', (status, retryable) => {
    expect(failureOfStatus(status, undefined, 0)).toEqual({
      code: `http.status_${status}`,
      message: `the server answered ${status}`,
      retryable,
      retryAfterMs: null,
    });
  });

  it('says when to come back only where coming back may help', () => {
    expect(failureOfStatus(503, '2', 0)?.retryAfterMs).toBe(2000);
    expect(failureOfStatus(429, 'Thu, 01 Jan 1970 00:00:09 GMT', 4000)?.retryAfterMs).toBe(5000);
    expect(failureOfStatus(404, '2', 0)?.retryAfterMs).toBeNull();
  });
});

describe('a request that got no answer', () => {
  it.each([
    ['http.address_forbidden', 'http.address_forbidden'],
    ['UND_ERR_RES_EXCEEDED_MAX_SIZE', 'http.response_too_large'],
    ['UND_ERR_INVALID_ARG', 'http.invalid_request'],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'http.certificate'],
    ['CERT_HAS_EXPIRED', 'http.certificate'],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'http.certificate'],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'http.certificate'],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'http.certificate'],
    ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'http.certificate'],
    ['CERT_NOT_YET_VALID', 'http.certificate'],
    ['CERT_SIGNATURE_FAILURE', 'http.certificate'],
    ['HOSTNAME_MISMATCH', 'http.certificate'],
    ['INVALID_CA', 'http.certificate'],
    ['INVALID_PURPOSE', 'http.certificate'],
    ['PATH_LENGTH_EXCEEDED', 'http.certificate'],
  ])('for %s never can get one', (code, expected) => {
    expect(failureOfTransport(coded(code))).toEqual({
      code: expected,
      message: 'as it was thrown',
      retryable: false,
      retryAfterMs: null,
    });
  });

  it.each([
    'ECONNREFUSED',
    'ENOTFOUND',
    'ERR_TLS_HANDSHAKE_TIMEOUT',
    'NOT_CERT_',
    'ERR_SSL_WRONG_VERSION_NUMBER',
    'UND_ERR_SOCKET',
    'constructor',
    '__proto__',
    'toString',
  ])('for %s may get one later, and says why it got none', (code) => {
    expect(failureOfTransport(coded(code))).toEqual({
      code: 'http.network',
      message: `no answer from the server: ${code}`,
      retryable: true,
      retryAfterMs: null,
    });
  });

  it.each([
    [
      'the error itself, before its cause',
      Object.assign(coded('FIRST'), { cause: coded('SECOND') }),
      'FIRST',
    ],
    ['its cause', new Error('fetch failed', { cause: coded('CAUSE') }), 'CAUSE'],
    ['the cause of its cause', new Error('x', { cause: new Error('y', { cause: coded('DEEP') }) }), 'DEEP'],
    ['the first of several addresses', new AggregateError([coded('V6'), coded('V4')]), 'V6'],
    [
      'its cause, before its addresses',
      new AggregateError([coded('V6')], '', { cause: coded('WHY') }),
      'WHY',
    ],
    ['an address in a cause', new Error('x', { cause: new AggregateError([coded('V6')]) }), 'V6'],
    ['its own words, where it has no code', new Error('other side closed'), 'other side closed'],
    ['its own words, where its code is empty', coded('', 'without a code'), 'without a code'],
    [
      'its own words, where its code is a number',
      Object.assign(new Error('aborted'), { code: 20 }),
      'aborted',
    ],
    ['its own words, where it has no address', new AggregateError([], 'none tried'), 'none tried'],
    ['its own words, where its errors are no list', Object.assign(new Error('odd'), { errors: 'x' }), 'odd'],
    ['the words of a cause without a code', new Error('x', { cause: new Error('why') }), 'why'],
    ['what was thrown, where that is text', 'thrown text', 'thrown text'],
    ['what was thrown, where that is nothing', undefined, 'undefined'],
  ])('tells %s', (_what, error, told) => {
    expect(failureOfTransport(error).message).toBe(`no answer from the server: ${told}`);
  });

  it('tells the words of an error that is its own cause', () => {
    const circle: Error = Object.assign(new Error('round'), { cause: undefined });
    circle.cause = new Error('and round', { cause: circle });
    expect(failureOfTransport(circle).message).toMatch(/^no answer from the server: (and )?round$/);
  });

  it('looks for a code through ten causes', () => {
    const deep = (causes: number): Error =>
      causes === 0 ? coded('DEEP') : new Error('x', { cause: deep(causes - 1) });
    expect(failureOfTransport(deep(10)).message).toBe('no answer from the server: DEEP');
    expect(failureOfTransport(deep(12)).message).toBe('no answer from the server: x');
  });

  it('tells why it never can get one in the words of the cause', () => {
    const cause = coded('http.address_forbidden', '10.0.0.1 is not public');
    expect(failureOfTransport(new Error('fetch failed', { cause }))).toMatchObject({
      code: 'http.address_forbidden',
      message: '10.0.0.1 is not public',
    });
  });
});

import { describe, expect, it } from '@jest/globals';
import { turnFailure } from '../../../src/modules/app-server/gateway/turn-failure.policy.js';
import { GATEWAY_ERRORS } from '../../../src/modules/http/index.js';

const NAMED = [
  ['contextWindowExceeded', 'context_length_exceeded', false, 400],
  ['badRequest', 'bad_request', false, 400],
  ['modelNotFound', 'model_not_found', false, 404],
  ['unauthorized', 'backend_unauthorized', false, 502],
  ['usageLimitExceeded', 'insufficient_quota', false, 429],
  ['sessionBudgetExceeded', 'insufficient_quota', false, 429],
  ['rateLimitExceeded', 'rate_limit_exceeded', true, 429],
  ['serverOverloaded', 'backend_overloaded', true, 503],
  ['policyCapacityUnavailable', 'backend_overloaded', true, 503],
  ['internalServerError', 'backend_error', true, 502],
] as const;
const unknown = { code: 'backend_error', retryable: false };
const provider = (httpStatusCode: unknown) => turnFailure({ responseStreamDisconnected: { httpStatusCode } });

describe('a turn that failed', () => {
  it.each(NAMED)('for %s is told as %s, to be tried again: %s, with %i', (info, code, retryable, status) => {
    expect(turnFailure(info)).toEqual({ code, retryable });
    expect(GATEWAY_ERRORS[code].status).toBe(status);
  });

  it.each(['', 'something new', 'toString', '__proto__', 'hasOwnProperty', null, undefined, 7, true])(
    'for %j, which says nothing, is an error not to be tried again',
    (info) => {
      expect(turnFailure(info)).toEqual(unknown);
    },
  );

  it.each([
    [401, 'backend_unauthorized', false],
    [403, 'backend_unauthorized', false],
    [429, 'rate_limit_exceeded', true],
    [500, 'backend_error', true],
    [599, 'backend_error', true],
    [499, 'backend_error', false],
    [400, 'backend_error', false],
    [402, 'backend_error', false],
    [404, 'backend_error', false],
    [428, 'backend_error', false],
    [430, 'backend_error', false],
    [0, 'backend_error', false],
  ])('by an answer %i of the provider is %s, to be tried again: %s', (status, code, retryable) => {
    expect(provider(status)).toEqual({ code, retryable });
  });

  it.each([
    [{ httpConnectionFailed: { httpStatusCode: null } }],
    [{ httpConnectionFailed: { httpStatusCode: '401' } }],
    [{ somethingNew: {} }],
    [{ somethingNew: null }],
    [{ somethingNew: undefined }],
    [{ somethingNew: 401 }],
    [{}],
  ])('for %j, without an answer of the provider, never reached it and is to be tried again', (info) => {
    expect(turnFailure(info)).toEqual({ code: 'backend_unreachable', retryable: true });
    expect(GATEWAY_ERRORS.backend_unreachable.status).toBe(502);
  });
});

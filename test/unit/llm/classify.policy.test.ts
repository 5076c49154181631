import { describe, expect, it } from '@jest/globals';
import {
  classifyListing,
  classifyReply,
  classifyTransport,
  isRetryable,
  retryAfter,
} from '../../../src/modules/llm/classify.policy.js';

describe('an error of a provider', () => {
  it.each([
    [401, [], '', 'llm.key_rejected'],
    [403, [], '', 'llm.key_rejected'],
    [400, ['auth_error'], '', 'llm.key_rejected'],
    [429, ['insufficient_quota'], '', 'llm.quota_exhausted'],
    [403, ['insufficient_quota'], '', 'llm.quota_exhausted'],
    [400, ['budget_exceeded'], '', 'llm.quota_exhausted'],
    [402, [], '', 'llm.quota_exhausted'],
    [400, ['invalid_request_error'], 'Your credit balance is too low', 'llm.quota_exhausted'],
    [429, ['rate_limit_exceeded'], '', 'llm.rate_limited'],
    [429, ['rate_limit_error'], '', 'llm.rate_limited'],
    [429, [], '', 'llm.rate_limited'],
    [529, ['overloaded_error'], '', 'llm.overloaded'],
    [529, [], '', 'llm.overloaded'],
    [500, [], '', 'llm.overloaded'],
    [503, [], 'You exceeded your current quota', 'llm.overloaded'],
    [408, [], '', 'llm.slow'],
    [400, ['invalid_request_error'], '', 'llm.request_refused'],
    [404, ['model_not_found'], '', 'llm.request_refused'],
    [400, [], 'EXCEEDED YOUR CURRENT QUOTA', 'llm.quota_exhausted'],
    [499, [], 'the budget has been exceeded', 'llm.quota_exhausted'],
    [500, [], 'the budget has been exceeded', 'llm.overloaded'],
    [399, [], 'the budget has been exceeded', 'llm.unexpected_answer'],
    [404, [], '', 'llm.unexpected_answer'],
    [405, [], '', 'llm.unexpected_answer'],
    [410, [], '', 'llm.unexpected_answer'],
    [501, [], '', 'llm.unexpected_answer'],
    [501, [], 'not here', 'llm.overloaded'],
    [403, [], '', 'llm.key_rejected'],
    [406, [], '', 'llm.request_refused'],
    [409, [], '', 'llm.request_refused'],
    [411, [], '', 'llm.request_refused'],
    [404, [], 'no such model', 'llm.request_refused'],
    [404, ['not_found'], '', 'llm.request_refused'],
    [400, [], '', 'llm.request_refused'],
    [399, [], '', 'llm.unexpected_answer'],
    [499, [], '', 'llm.request_refused'],
    [502, [], '', 'llm.overloaded'],
    [429, ['overloaded_error'], '', 'llm.overloaded'],
    [400, ['odd', 'too_many_requests'], '', 'llm.rate_limited'],
    [204, [], '', 'llm.unexpected_answer'],
    [302, [], '', 'llm.unexpected_answer'],
  ])('%s %j %j is %s: its name decides before its status', (status, names, text, expected) => {
    expect(classifyReply({ status, names, text })).toBe(expected);
  });

  it.each([
    ['insufficient_quota', 'llm.quota_exhausted'],
    ['billing_hard_limit_reached', 'llm.quota_exhausted'],
    ['billing_not_active', 'llm.quota_exhausted'],
    ['billing_error', 'llm.quota_exhausted'],
    ['budget_exceeded', 'llm.quota_exhausted'],
    ['invalid_api_key', 'llm.key_rejected'],
    ['authentication_error', 'llm.key_rejected'],
    ['auth_error', 'llm.key_rejected'],
    ['permission_error', 'llm.key_rejected'],
    ['account_deactivated', 'llm.key_rejected'],
    ['token_expired', 'llm.key_rejected'],
    ['rate_limit_exceeded', 'llm.rate_limited'],
    ['rate_limit_error', 'llm.rate_limited'],
    ['too_many_requests', 'llm.rate_limited'],
    ['overloaded_error', 'llm.overloaded'],
    ['server_overloaded', 'llm.overloaded'],
    ['service_unavailable', 'llm.overloaded'],
    ['engine_overloaded', 'llm.overloaded'],
  ])('is known by its name, and by no other that holds it: %s', (name, expected) => {
    expect(classifyReply({ status: 400, names: ['other', name], text: '' })).toBe(expected);
    for (const other of [`not_${name}`, `${name}_of_another`])
      expect(classifyReply({ status: 400, names: [other], text: '' })).toBe('llm.request_refused');
  });

  it.each([
    ['llm.rate_limited', true],
    ['llm.overloaded', true],
    ['llm.slow', true],
    ['llm.unreachable', true],
    ['llm.not_configured', false],
    ['llm.key_rejected', false],
    ['llm.quota_exhausted', false],
    ['llm.unexpected_answer', false],
    ['llm.request_refused', false],
  ] as const)('is retried only where the same request may succeed later: %s, %s', (trouble, again) => {
    expect(isRetryable(trouble)).toBe(again);
  });
});

describe('a refused question for the models', () => {
  it.each([
    [400, [], '', 'llm.unverified'],
    [404, [], '', 'llm.unverified'],
    [302, [], '', 'llm.unverified'],
    [501, ['not_implemented'], '', 'llm.unverified'],
    [500, [], '', 'llm.overloaded'],
    [502, [], '', 'llm.overloaded'],
    [429, [], '', 'llm.rate_limited'],
    [402, [], '', 'llm.quota_exhausted'],
    [408, [], '', 'llm.slow'],
    [401, [], '', 'llm.key_rejected'],
    [403, [], '', 'llm.unverified'],
    [400, ['permission_error'], '', 'llm.key_rejected'],
    [403, ['permission_error'], '', 'llm.unverified'],
    [401, ['missing_scope'], '', 'llm.unverified'],
    [401, ['other', 'insufficient_scope'], '', 'llm.unverified'],
    [401, ['insufficient_permissions'], '', 'llm.unverified'],
    [401, ['not_missing_scope'], '', 'llm.key_rejected'],
    [401, ['insufficient_permissions_of'], '', 'llm.key_rejected'],
    [401, ['invalid_api_key'], 'Missing scope: api.model.read', 'llm.unverified'],
    [401, ['invalid_api_key'], 'you have insufficient permissions', 'llm.unverified'],
  ])('with %s %j %j says of completions: %s', (status, names, text, expected) => {
    expect(classifyListing({ status, names, text })).toBe(expected);
  });

  it.each([
    'invalid_api_key',
    'authentication_error',
    'auth_error',
    'account_deactivated',
    'token_expired',
    'token_revoked',
    'closed',
    'unsupported_country_region_territory',
  ])('that speaks against the key itself is believed: %s', (name) => {
    expect(classifyListing({ status: 403, names: ['other', name], text: '' })).toBe('llm.key_rejected');
    for (const other of [`not_${name}`, `${name}_of_another`])
      expect(classifyListing({ status: 403, names: [other], text: '' })).toBe('llm.unverified');
  });
});

describe('an error of the transport', () => {
  it.each([
    ['ECONNREFUSED', 'llm.unreachable'],
    ['ENOTFOUND', 'llm.unreachable'],
    ['CERT_HAS_EXPIRED', 'llm.unreachable'],
    ['UND_ERR_CONNECT_TIMEOUT', 'llm.unreachable'],
    [undefined, 'llm.unreachable'],
    ['UND_ERR_HEADERS_TIMEOUT', 'llm.slow'],
    ['UND_ERR_BODY_TIMEOUT', 'llm.slow'],
    ['UND_ERR_ABORTED', 'llm.slow'],
    ['ABORT_ERR', 'llm.slow'],
    ['UND_ERR_RES_EXCEEDED_MAX_SIZE', 'llm.unexpected_answer'],
    ['NOT_HPE_', 'llm.unreachable'],
    ['HPE_INVALID_CONSTANT', 'llm.unexpected_answer'],
  ])('%s is %s', (code, expected) => {
    expect(classifyTransport(code)).toBe(expected);
  });
});

describe('the wait that a provider asks for', () => {
  const now = Date.UTC(2026, 0, 1);
  const wait = (headers: Record<string, string>) => retryAfter((name) => headers[name], now);

  it.each([
    [{}, null],
    [{ 'retry-after': '2' }, 2000],
    [{ 'retry-after': '0.5' }, 500],
    [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:10 GMT' }, 10_000],
    [{ 'retry-after': 'Wed, 31 Dec 2025 00:00:00 GMT' }, 0],
    [{ 'retry-after': '1', 'retry-after-ms': '250' }, 250],
    [{ 'retry-after': '1', 'retry-after-ms': '0' }, 0],
    [{ 'retry-after': '1', 'retry-after-ms': '-1' }, 1000],
    [{ 'retry-after': '1', 'retry-after-ms': 'soon' }, 1000],
    [{ 'retry-after': '1', 'retry-after-ms': 'Infinity' }, 1000],
    [{ 'retry-after-ms': '3600001' }, 3_600_000],
    [{ 'retry-after': '2026-01-01T00:00:10Z' }, 10_000],
    [{ 'retry-after': 'Thu, 01 Jan 2026 00:00:10 +0000' }, 10_000],
    [{ 'retry-after': ' 3 ' }, 3000],
    [{ 'retry-after': '0.0006' }, 1],
    [{ 'retry-after': '1.25' }, 1250],
    [{ 'retry-after': '3600' }, 3_600_000],
    [{ 'retry-after': '3601' }, 3_600_000],
    [{ 'retry-after': '' }, null],
    [{ 'retry-after': '2 seconds' }, null],
    [{ 'retry-after': 'soon' }, null],
    [{ 'retry-after': 'wait 2030' }, null],
    [{ 'retry-after': '-5' }, null],
    [{ 'retry-after-ms': '', 'retry-after': '2' }, 2000],
    [{ 'retry-after-ms': ' 250 ' }, 250],
    [{ 'retry-after': '99999999' }, 3_600_000],
  ])('%j is %s ms', (headers, expected) => {
    expect(wait(headers as Record<string, string>)).toBe(expected);
  });
});

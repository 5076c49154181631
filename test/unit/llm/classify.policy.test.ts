import { describe, expect, it } from '@jest/globals';
import {
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
    [204, [], '', 'llm.unexpected_answer'],
    [302, [], '', 'llm.unexpected_answer'],
  ])('%s %j %j is %s: its name decides before its status', (status, names, text, expected) => {
    expect(classifyReply({ status, names, text })).toBe(expected);
  });

  it('is retried only where the same request may succeed later', () => {
    expect(isRetryable('llm.rate_limited')).toBe(true);
    expect(isRetryable('llm.unreachable')).toBe(true);
    expect(isRetryable('llm.quota_exhausted')).toBe(false);
    expect(isRetryable('llm.key_rejected')).toBe(false);
    expect(isRetryable('llm.request_refused')).toBe(false);
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
    [{ 'retry-after': 'soon' }, null],
    [{ 'retry-after': '99999999' }, 3_600_000],
  ])('%j is %s ms', (headers, expected) => {
    expect(wait(headers as Record<string, string>)).toBe(expected);
  });
});

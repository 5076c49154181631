import { describe, expect, it } from '@jest/globals';
import { negotiate } from '../../../src/modules/health/http/negotiate.js';

describe('content negotiation', () => {
  it.each([
    [undefined, 'json'],
    ['*/*', 'json'],
    ['application/json', 'json'],
    ['application/*', 'json'],
    ['application/health+json', 'health+json'],
    ['text/plain', 'text'],
    ['TEXT/PLAIN', 'text'],
    ['text/plain, application/json', 'text'],
    ['text/plain;q=0.5, application/json', 'json'],
    ['text/plain;q=0.5, application/health+json;q=0.9', 'health+json'],
    ['text/plain; charset=utf-8', 'text'],
    ['text/plain;q=0', 'json'],
    ['text/plain;q=lots', 'json'],
    // A browser, and curl.
    ['text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', 'json'],
    ['', 'json'],
    [',;,', 'json'],
  ])('takes %j for %s', (accept, format) => {
    expect(negotiate(accept)).toBe(format);
  });
});

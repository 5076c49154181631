import { describe, expect, it } from '@jest/globals';
import { bearerGuard } from '../../../src/modules/kernel/index.js';

const mayPass = bearerGuard('token-1234');

describe('a bearer guard', () => {
  it.each(['Bearer token-1234', 'bearer token-1234', 'Bearer   token-1234 '])('lets %j pass', (header) => {
    expect(mayPass(header)).toBe(true);
  });

  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'token-1234',
    'Basic token-1234',
    'Bearer token-123',
    'Bearer token-12345',
    'Bearer token-1234 x',
  ])('turns %j away', (header) => {
    expect(mayPass(header)).toBe(false);
  });
});

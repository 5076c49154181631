import { describe, expect, it } from '@jest/globals';
import {
  isDriverError,
  messageWithoutValues,
  withoutValues,
} from '../../../src/modules/database/driver-error.policy.js';

const driver = (code: string, message: string, fields: Record<string, string> = {}) =>
  Object.assign(new Error(message), { code, severity: 'ERROR', ...fields });

describe('a driver error without values', () => {
  it('keeps code, table and constraint, and loses what the server quotes', () => {
    const error = withoutValues(
      driver('23505', 'duplicate key value violates unique constraint "people_email"', {
        detail: 'Key (email)=(somebody@example.org) already exists.',
        where: `unnamed portal parameter $1 = 'somebody@example.org'`,
        hint: 'somebody@example.org',
        table: 'people',
        constraint: 'people_email',
      }),
    );
    expect({ ...error }).toEqual({
      code: '23505',
      severity: 'ERROR',
      table: 'people',
      constraint: 'people_email',
    });
    expect(error.message).toContain('people_email');
  });

  it.each([
    ['22P02', 'invalid input syntax for type uuid: "s3cret"'],
    ['22003', 'value "s3cret" is out of range for type integer'],
    ['P0001', 'a trigger says s3cret'],
    ['42601', `syntax error at or near "s3cret"`],
    ['23ABC', 'unheard of, with s3cret'],
  ])('loses the message of %s too, which quotes values, in its stack as well', (code, message) => {
    const error = withoutValues(driver(code, message, { column: 'id' }));
    expect(`${error.message} ${error.stack}`).not.toContain('s3cret');
    expect(error.message).toContain(code);
    expect(error.message).toContain('id');
    expect(error.stack).toContain('driver-error.policy.test');
  });

  it('keeps messages about servers and locks', () => {
    expect(messageWithoutValues(driver('55P03', 'canceling statement due to lock timeout'))).toBe(
      'canceling statement due to lock timeout',
    );
    expect(messageWithoutValues(driver('08P01', 'query_wait_timeout'))).toBe('query_wait_timeout');
  });

  it('leaves anything else as it is', () => {
    const pipe = Object.assign(new Error('write EPIPE'), { code: 'EPIPE', detail: 'kept' });
    expect(isDriverError(pipe)).toBe(false);
    expect(withoutValues(pipe)).toMatchObject({ message: 'write EPIPE', detail: 'kept' });
    expect(withoutValues('text')).toBe('text');
    expect(withoutValues(undefined)).toBeUndefined();
  });
});

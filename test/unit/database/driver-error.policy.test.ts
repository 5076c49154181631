import { describe, expect, it } from '@jest/globals';
import {
  isDriverError,
  messageWithoutValues,
  toldOfDriver,
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
        internalQuery: `SELECT 'somebody@example.org'`,
        query: `SELECT 'somebody@example.org'`,
        parameters: 'somebody@example.org',
        dataType: 'somebody@example.org',
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
    const made = driver(code, message, { column: 'id' });
    expect(made.stack).toContain('s3cret');
    const error = withoutValues(made);
    expect(`${error.message} ${error.stack}`).not.toContain('s3cret');
    expect(error.message).toContain(code);
    expect(error.message).toContain('id');
    expect(error.stack).toContain('driver-error.policy.test');
  });

  it.each([
    '08006',
    '25006',
    '28P01',
    '3D000',
    '3F000',
    '40001',
    '53300',
    '55P03',
    '57014',
    '58030',
    'XX001',
    '23505',
    '42501',
    '42P01',
    '42703',
    '42883',
    '42P07',
  ])('keeps the message of %s, which is about names', (code) => {
    expect(messageWithoutValues(driver(code, 'as the server said it'))).toBe('as the server said it');
  });

  it.each(['22008', '22P25', '23ABC', '235050', '142501', '425019', '42P011', '42601'])(
    'keeps no message of %s, which is none of these',
    (code) => {
      expect(messageWithoutValues(driver(code, 's3cret'))).toBe(
        `the database refused a statement (SQLSTATE ${code})`,
      );
    },
  );

  it('says which table, column and constraint it was about', () => {
    const about = { table: 't', column: 'c', constraint: 'k', schema: 's' };
    expect(messageWithoutValues(driver('22P02', 's3cret', about))).toBe(
      'the database refused a statement (SQLSTATE 22P02), table t, column c, constraint k',
    );
  });

  it('tells its code and names, and nothing that is no text', () => {
    const names = { schema: 's', table: 't', column: 'c', constraint: 'k', routine: 'r' };
    const error = driver('22P02', 's3cret', { ...names, detail: 's3cret' });
    expect(toldOfDriver(error)).toEqual({ code: '22P02', severity: 'ERROR', ...names });
    expect(toldOfDriver(Object.assign(error, { table: 7, schema: undefined }))).toEqual({
      code: '22P02',
      severity: 'ERROR',
      column: 'c',
      constraint: 'k',
      routine: 'r',
    });
  });

  it('has no stack when it had none', () => {
    const error = driver('22P02', 's3cret');
    Reflect.set(error, 'stack', undefined);
    expect(withoutValues(error).stack).toBe('');
    const kept = driver('55P03', 'a lock');
    Reflect.set(kept, 'stack', undefined);
    expect(withoutValues(kept).stack).toBeUndefined();
  });

  it.each([
    ['a code and a severity', { code: '22P02', severity: 'ERROR' }, true],
    ['no severity', { code: 'EPIPE' }, false],
    ['no code', { severity: 'ERROR' }, false],
    ['a number for a code', { code: 12345, severity: 'ERROR' }, false],
    ['a longer code', { code: '22P022', severity: 'ERROR' }, false],
    ['a shorter code', { code: '22P0', severity: 'ERROR' }, false],
    ['a code in lower case', { code: '22p02', severity: 'ERROR' }, false],
  ])('is one that has %s', (_what, fields, is) => {
    expect(isDriverError(Object.assign(new Error('x'), fields))).toBe(is);
    expect(isDriverError(fields)).toBe(false);
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

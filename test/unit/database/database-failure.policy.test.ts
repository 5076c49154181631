import { describe, expect, it } from '@jest/globals';
import { failureOf } from '../../../src/modules/database/database-failure.policy.js';

const coded = (code: string, message = 'text') => Object.assign(new Error(message), { code });

describe('failureOf', () => {
  it.each([
    ['28P01', 'database.credentials_rejected', true],
    ['28000', 'database.credentials_rejected', true],
    ['3D000', 'database.missing', true],
    ['53300', 'database.connection_limit', false],
    ['53100', 'database.disk_full', false],
    ['57P01', 'database.not_accepting', true],
    ['57P03', 'database.not_accepting', true],
    ['57014', 'database.unresponsive', false],
    ['25006', 'database.read_only', false],
    ['42P01', 'database.table_missing', false],
    ['XX001', 'database.storage_error', true],
    ['23505', 'database.error', false],
    ['08P01', 'database.error', true],
    ['ECONNREFUSED', 'database.unreachable', true],
    ['ENOTFOUND', 'database.unreachable', true],
    ['EPIPE', 'database.unreachable', true],
    ['ETIMEDOUT', 'database.unresponsive', true],
    ['SELF_SIGNED_CERT_IN_CHAIN', 'database.tls_failed', true],
  ])('knows %s as %s', (code, expected, fatal) => {
    expect(failureOf(coded(code))).toEqual({ code: expected, text: 'text', fatal });
  });

  it.each([
    ['timeout expired', 'database.unresponsive'],
    ['Query read timeout', 'database.unresponsive'],
    ['timeout exceeded when trying to connect', 'database.unresponsive'],
    ['Connection terminated due to connection timeout', 'database.unresponsive'],
    ['Connection terminated unexpectedly', 'database.unreachable'],
    ['SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string', 'database.credentials_rejected'],
    ['The server does not support SSL connections', 'database.tls_failed'],
  ])('knows the driver by its words: %s', (text, expected) => {
    expect(failureOf(new Error(text))).toEqual({ code: expected, text, fatal: true });
  });

  it('keeps the text of what it does not know, and calls it a failure', () => {
    expect(failureOf(coded('99999', 'gremlins'))).toEqual({
      code: 'database.error',
      text: 'gremlins',
      fatal: false,
    });
    expect(failureOf('thrown text')).toMatchObject({ code: 'database.error', text: 'thrown text' });
    expect(failureOf(undefined).code).toBe('database.error');
  });

  it('reads the first of the errors that a host with several addresses gives', () => {
    const error = new AggregateError(
      [coded('ECONNREFUSED', 'connect ECONNREFUSED ::1:5432'), coded('EPIPE')],
      '',
    );
    expect(failureOf(error)).toMatchObject({
      code: 'database.unreachable',
      text: 'connect ECONNREFUSED ::1:5432',
    });
  });
});

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
    ['08P01', 'database.unreachable', true],
    ['08006', 'database.unreachable', true],
    ['08000', 'database.unreachable', true],
    ['57P05', 'database.not_accepting', true],
    ['55P03', 'database.locked', false],
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

  it.each([
    ['no more connections allowed (max_client_conn)', 'database.connection_limit'],
    ['query_wait_timeout', 'database.connection_limit'],
    ['server login failed: FATAL sorry, too many clients already', 'database.connection_limit'],
    ['server login has been failing, try again later (server_login_retry)', 'database.unreachable'],
    [
      'server login failed: FATAL password authentication failed for user "x"',
      'database.credentials_rejected',
    ],
    ['server login failed: FATAL role "x" does not exist', 'database.credentials_rejected'],
    ['server login failed: FATAL database "x" does not exist', 'database.missing'],
    ['server login failed: FATAL the database system is starting up', 'database.not_accepting'],
    ['no such database: x', 'database.missing'],
    ['no such user: x', 'database.credentials_rejected'],
    ['SASL authentication failed', 'database.credentials_rejected'],
    ['server conn crashed?', 'database.unreachable'],
    ['server closed the connection', 'database.unreachable'],
    ['client_login_timeout (server down)', 'database.unresponsive'],
    ['query_timeout', 'database.unresponsive'],
    ['pause mode', 'database.not_accepting'],
    ['pgbouncer is shutting down', 'database.not_accepting'],
    ['bouncer config error', 'database.unreachable'],
    ['unsupported startup parameter: options', 'database.error'],
    ['transaction blocks not allowed in statement pooling mode', 'database.statement_pooling'],
  ])('knows a pooler by its words: %s', (text, expected) => {
    expect(failureOf(coded('08P01', text))).toEqual({ code: expected, text, fatal: true });
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

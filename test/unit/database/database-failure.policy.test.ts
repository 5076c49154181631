import { describe, expect, it } from '@jest/globals';
import {
  failureOf,
  isLost,
  isOfSession,
  isRetriable,
} from '../../../src/modules/database/database-failure.policy.js';

const coded = (code: string, message = 'text') => Object.assign(new Error(message), { code });

describe('failureOf', () => {
  it.each([
    ['28P01', 'database.credentials_rejected', true],
    ['28000', 'database.credentials_rejected', true],
    ['53400', 'database.connection_limit', false],
    ['53200', 'database.out_of_memory', false],
    ['57P04', 'database.missing', true],
    ['42501', 'database.permission_denied', false],
    ['XX002', 'database.storage_error', true],
    ['58030', 'database.storage_error', true],
    ['58000', 'database.storage_error', true],
    ['XX000', 'database.error', true],
    ['22081', 'database.error', false],
    ['22128', 'database.error', false],
    ['22058', 'database.error', false],
    ['2257P', 'database.error', false],
    ['ECONNRESET', 'database.unreachable', true],
    ['ECONNABORTED', 'database.unreachable', true],
    ['EHOSTUNREACH', 'database.unreachable', true],
    ['EHOSTDOWN', 'database.unreachable', true],
    ['ENETDOWN', 'database.unreachable', true],
    ['ENETUNREACH', 'database.unreachable', true],
    ['EADDRNOTAVAIL', 'database.unreachable', true],
    ['EACCES', 'database.unreachable', true],
    ['EMFILE', 'database.unreachable', true],
    ['ENFILE', 'database.unreachable', true],
    ['EAI_AGAIN', 'database.unreachable', true],
    ['ENOENT', 'database.unreachable', true],
    ['ERR_TLS_CERT_ALTNAME_INVALID', 'database.tls_failed', true],
    ['ERR_SSL_WRONG_VERSION_NUMBER', 'database.tls_failed', true],
    ['CERT_HAS_EXPIRED', 'database.tls_failed', true],
    ['DEPTH_ZERO_SELF_SIGNED_CERT', 'database.tls_failed', true],
    ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'database.tls_failed', true],
    ['NO_CERT_HERE', 'database.error', true],
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
    ['EBADF', 'database.error', true],
    ['EPERM', 'database.error', true],
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
    ['Timeout Expired', 'database.unresponsive'],
    ['Connection ended unexpectedly', 'database.unreachable'],
    ['Connection error', 'database.unreachable'],
    ['Client has encountered a connection error and is not queryable', 'database.unreachable'],
    ['Client was closed and is not usable', 'database.unreachable'],
    ['a lost connection ended it', 'database.error'],
    ['Cannot use a pool after calling end on the pool', 'database.unreachable'],
    ['Received unexpected parseComplete message from backend', 'database.unreachable'],
    ['has received unexpected text', 'database.error'],
    ['sasl: no mechanism', 'database.credentials_rejected'],
    ['Password must be a string', 'database.credentials_rejected'],
    ['the server asks for a password', 'database.credentials_rejected'],
    ['The server does not support SSL connections', 'database.tls_failed'],
    ['there was an error establishing a TLS connection', 'database.tls_failed'],
    ['unknown Certificate', 'database.tls_failed'],
    ['hassle and wassail', 'database.error'],
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
    ['Transactions are not possible in Statement Pooling Mode', 'database.statement_pooling'],
    ['too many connections for role "x"', 'database.connection_limit'],
    ['Remaining connection slots are reserved', 'database.connection_limit'],
    ['No more connections allowed', 'database.connection_limit'],
    ['client connections exceeded max_db_connections', 'database.connection_limit'],
    ['MAX_USER_CONNECTIONS reached', 'database.connection_limit'],
    ['max_client_conn reached', 'database.connection_limit'],
    ['database "x" is disabled', 'database.missing'],
    ['Database removed', 'database.missing'],
    ['user "x" does not exist', 'database.credentials_rejected'],
    ['auth failed', 'database.credentials_rejected'],
    ['Password needed', 'database.credentials_rejected'],
    ['no pg_hba.conf entry for host', 'database.credentials_rejected'],
    ['not allowed from this address', 'database.credentials_rejected'],
    ['Login rejected', 'database.credentials_rejected'],
    ['ssl required', 'database.tls_failed'],
    ['TLS handshake failed', 'database.tls_failed'],
    ['bad certificate', 'database.tls_failed'],
    ['The pooler is shut down', 'database.not_accepting'],
    ['the server is shutting down', 'database.not_accepting'],
    ['the database system is in recovery mode', 'database.not_accepting'],
    ['terminated by administrator command', 'database.not_accepting'],
    ['Database system is starting up', 'database.not_accepting'],
    ['pooler shutdown', 'database.not_accepting'],
    ['Suspended', 'database.not_accepting'],
    ['Query timeout', 'database.unresponsive'],
    ['connect timeout', 'database.unresponsive'],
    ['login timeout', 'database.unresponsive'],
    ['unsupported pkt type', 'database.error'],
    ['unsupported startup packet', 'database.error'],
    ['invalid server Parameter', 'database.error'],
  ])('knows a pooler by its words: %s', (text, expected) => {
    expect(failureOf(coded('08P01', text))).toEqual({ code: expected, text, fatal: true });
  });

  it('knows a pooler by its words too when it says that it cannot reach the server', () => {
    expect(failureOf(coded('58000', 'pause mode')).code).toBe('database.not_accepting');
    expect(failureOf(coded('58030', 'pause mode')).code).toBe('database.storage_error');
    expect(failureOf(coded('57P01', 'too many clients')).code).toBe('database.not_accepting');
    expect(failureOf(coded('22081', 'too many clients')).code).toBe('database.error');
  });

  it('keeps the text of what it does not know, and calls it a failure', () => {
    expect(failureOf(coded('99999', 'gremlins'))).toEqual({
      code: 'database.error',
      text: 'gremlins',
      fatal: false,
    });
    expect(failureOf('thrown text')).toMatchObject({ code: 'database.error', text: 'thrown text' });
    expect(failureOf(undefined).code).toBe('database.error');
    expect(failureOf({ code: 7, message: 8 })).toMatchObject({
      code: 'database.error',
      text: '[object Object]',
    });
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

describe('what an error means for its connection and its statement', () => {
  const ofServer = (code: string) => Object.assign(coded(code), { severity: 'ERROR' });

  it('is told without the values that a server quotes, and by its code when it has no words', () => {
    expect(failureOf(ofServer('22P02')).text).toContain('SQLSTATE 22P02');
    expect(failureOf(coded('ECONNREFUSED', '')).text).toBe('ECONNREFUSED');
    expect(failureOf(new AggregateError([], 'none')).text).toBe('none');
  });

  it.each(['25006', '42501', '42P01', '3F000'])('may be of the session alone: %s', (code) => {
    expect(isOfSession(coded(code))).toBe(true);
    expect(isOfSession(new AggregateError([coded(code)]))).toBe(true);
  });

  it.each(['25001', '53100', '28P01', 'ECONNREFUSED', ''])('is not of the session alone: %j', (code) => {
    expect(isOfSession(coded(code))).toBe(false);
  });

  it.each([
    ['40001', true],
    ['40P01', true],
    ['40', false],
    ['4000', false],
    ['400011', false],
    ['14001', false],
    ['41000', false],
    ['140001', false],
  ])('of %s says that the statement may be tried again: %s', (code, again) => {
    expect(isRetriable(coded(code))).toBe(again);
  });

  it.each<[string, unknown, boolean]>([
    ['a server that shuts down', ofServer('57P01'), true],
    ['a session that the server ended for a reason unheard of', ofServer('XX000'), true],
    ['a statement that was refused', ofServer('23505'), false],
    ['a broken pipe', coded('EPIPE'), true],
    ['a driver that gave up', new Error('Connection terminated unexpectedly'), true],
    ['an error of our own', new Error('a defect'), false],
    ['thrown text', 'text', false],
  ])('loses the connection or not: %s', (_what, error, lost) => {
    expect(isLost(error)).toBe(lost);
  });
});

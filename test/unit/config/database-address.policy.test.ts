import { describe, expect, it } from '@jest/globals';
import { parseSettings, readDatabaseAddress } from '../../../src/modules/config/index.js';

describe('an address of a database is complete when it names host, user and database', () => {
  const whole = { host: 'h', port: 5432, user: 'u', password: 'p', database: 'db', options: undefined };

  it.each([
    ['postgres://u:p@h:5432/db', {}],
    ['postgresql://u:p@h/db', {}],
    ['POSTGRES://u:p@h/db', {}],
    ['postgres://u:p@h/db?sslmode=verify-full&application_name=x', {}],
    ['postgres://u@h/db', { password: undefined }],
    ['postgres://u:@h/db', { password: undefined }],
    ['postgres://u:p%2Fs%23%3f@h/db', { password: 'p/s#?' }],
    ['postgres://u:p@ss:w@h/db', { password: 'p@ss:w' }],
    ['postgres://u:100%@h/db', { password: '100%' }],
    ['postgres://u:p@[::1]:6432/db', { host: '::1', port: 6432 }],
    ['postgres://u:p@my_db-1.internal/db', { host: 'my_db-1.internal' }],
    ['postgres://u:p@h/a%2Fb%40c', { database: 'a/b@c' }],
    ['postgres://u:p@/db?host=/run/postgresql', { host: '/run/postgresql' }],
    [
      'postgres:///db?host=/run/postgresql&user=u&port=5433',
      { host: '/run/postgresql', port: 5433, password: undefined },
    ],
    ['postgres://u:p@%2Frun%2Fpostgresql/db', { host: '/run/postgresql' }],
    ['postgres://u:p@h/db?host=h&port=5432', {}],
    ['postgres://u:p@h/?dbname=db', {}],
    ['postgres://u:p@h/db?options=endpoint%3Dquiet-sun', { options: 'endpoint=quiet-sun' }],
    ['postgres://u:p@h/db?schema=public', {}],
  ])('%s', (url, parts) => {
    expect(readDatabaseAddress(url)).toEqual({ kind: 'complete', address: { ...whole, ...parts } });
  });
});

describe('an address of a database that cannot be used says what to mend, and shows nothing of itself', () => {
  it.each([
    ['postgres:///postgres', /name its host and user/],
    ['postgres://', /name its host and user and database/],
    ['postgres://zulu@:5432/yankee', /name its host:/],
    ['postgres://zulu:xray-secret@/yankee', /name its host:/],
    ['postgres://zulu:xray-secret@/yankee?host=', /name its host:/],
    ['postgres://quebec/yankee', /name its user:/],
    ['postgres://:xray-secret@quebec/yankee', /name its user:/],
    ['postgres://zulu:xray-secret@quebec', /name its database:/],
    ['postgres://zulu:xray-secret@quebec/', /name its database:/],
    ['postgres://zulu:12/xray-secret@quebec/yankee', /%2F/],
    ['postgres://zulu:12#xray-secret@quebec/yankee', /%23/],
    ['postgres://zulu:12?xray-secret@quebec/yankee', /%3F/],
    ['postgres://zulu:xray-secret@quebec/yankee#tail', /%23/],
    ['postgres://zulu:xray-secret@quebec/yankee/more', /%2F/],
    ['postgres://zulu@quebec:12/xray-secret@victor/yankee', /%2F %40/],
    ['postgres://zulu:xray-secret@quebec,victor/yankee', /one host/],
    ['postgres://zulu:xray-secret@quebec:5432,victor:5433/yankee', /port|one host/],
    ['postgres://zulu:xray-secret@quebec/yankee?host=victor', /one host, not two/],
    ['postgres://zulu:xray-secret@quebec/yankee?port=1&port=2', /one port, not two/],
    ['postgres://zulu:xray-secret@quebec/yankee?user=victor', /one user, not two/],
    ['postgres://zulu:xray-secret@quebec/yankee?dbname=victor', /one database, not two/],
    ['postgres://zulu:xray-secret@quebec:port/yankee', /port/],
    ['postgres://zulu:xray-secret@quebec:0/yankee', /port/],
    ['postgres://zulu:xray-secret@quebec:70000/yankee', /port/],
    ['postgres://zulu:xray-secret%ff@quebec/yankee', /password/],
    ['postgres://zulu:xray-secret@quebec/yan%00kee', /database/],
    ['postgres://zulu:xray-secret@quebec/yankee?statement_timeout=5000', /session/],
    ['postgres://zulu:xray-secret@quebec/yankee?options=-c%20search_path%3Dvictor', /session/],
    ['postgres://zulu:xray-secret@quebec/yankee?options=--search_path%3Dvictor', /session/],
    ['postgres://zulu:xray-secret@quebec/yankee?schema=victor', /schema/],
    ['postgres://zulu:xray-secret@quebec/yankee?service=victor', /service/],
    ['postgres://zulu:xray-secret@quebec/yankee?sslmode=victor', /sslmode/],
    ['mysql://zulu:xray-secret@quebec/yankee', /postgres:\/\//],
    ['"postgres://zulu:xray-secret@quebec/yankee"', /postgres:\/\//],
    ['quebec:5432/yankee', /postgres:\/\//],
  ])('%s', (url, why) => {
    const { settings, problems } = parseSettings({
      AUTH_SECRET: 'a-long-random-secret-0451',
      DATABASE_URL: url,
    });
    expect(settings.DATABASE_URL).toBeUndefined();
    expect(problems).toEqual([
      { name: 'DATABASE_URL', kind: 'invalid', message: expect.stringMatching(/^DATABASE_URL must /) },
    ]);
    expect(problems[0]?.message).toMatch(why);
    expect(problems[0]?.message).not.toMatch(/zulu|xray|quebec|yankee|victor/);
  });
});

describe('what must not be shown of an address of a database', () => {
  it('holds a password among its parameters', () => {
    const { secrets } = parseSettings({
      DATABASE_URL: 'postgres:///db?host=/run&user=u&password=hunter%2F22',
    });
    expect(secrets).toEqual(expect.arrayContaining(['hunter/22', 'hunter%2F22']));
  });
});

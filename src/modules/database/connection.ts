import pg from 'pg';
import { parse } from 'pg-connection-string';
import { readDatabaseAddress } from '../config/index.js';

/**
 * Everything that the driver needs to connect, with nothing left for it to look up: where a part is absent it would
 * take PGHOST, PGOPTIONS, PGSSLMODE, ~/.pgpass and so on. Throws, without the URL, when the address is not complete.
 */
export function connectionTo(url: string): pg.ClientConfig {
  const read = readDatabaseAddress(url);
  if (read.kind === 'unusable') throw new Error(`DATABASE_URL ${read.why}`);
  const { host, port, user, password, database, options } = read.address;
  return {
    host,
    port,
    user,
    database,
    password: password ?? refusePassword,
    ...(options === undefined ? {} : { options }),
    ...encryptionOf(url),
  };
}

/** A client that sends what it was given, and no state of the session besides. */
export class NamedClient extends pg.Client {
  constructor(config: pg.ClientConfig = {}) {
    super(config);
    const sent = Reflect.get(this, 'connectionParameters') as Record<string, unknown>;
    // The driver fills these in from the environment and from defaults that any library may have changed.
    sent['options'] = config.options;
    for (const name of SESSION_STATE) sent[name] = undefined;
  }
}

const SESSION_STATE = [
  'statement_timeout',
  'lock_timeout',
  'idle_in_transaction_session_timeout',
  'replication',
];

/** Asked for only when the server wants a password and the URL names none. */
function refusePassword(): never {
  throw new Error('the server asks for a password, and DATABASE_URL names none');
}

/** The driver's own reading of `sslmode` and the like, which may read certificates from files. */
function encryptionOf(url: string): pg.ClientConfig {
  try {
    const { ssl, sslnegotiation } = parse(url) as { ssl?: boolean | object; sslnegotiation?: string };
    return { ssl: ssl ?? false, sslnegotiation: sslnegotiation ?? 'postgres' } as pg.ClientConfig;
  } catch (error) {
    throw new Error(`the TLS settings of DATABASE_URL cannot be used: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

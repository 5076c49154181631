import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { freePort } from './ports.js';
import { findPostgres, type PostgresPrograms } from './postgres-program.js';
import { bringHome, placeFor, type Place } from './postgres-place.js';
import { postgresAccount, type Account } from './postgres-user.js';
import { writePrivate } from './private-files.js';
import { startServer, type PrivateServer, type ServerInstance } from './private-server.js';
import { lastLines, run, type Say } from './programs.js';

export interface PostgresOptions {
  /** Cluster, password and log live here. Created when absent, kept afterwards. */
  dir: string;
  /** A free one when absent. */
  port?: number;
  /** Made when absent. */
  database?: string;
  /** Settings of the server, such as `{ fsync: 'off' }`. */
  settings?: Readonly<Record<string, string>>;
  /** How long to wait for it, in ms. */
  timeoutMs?: number;
  say?: Say;
  /** Those of `findPostgres` unless said. */
  programs?: PostgresPrograms;
}

/** A private PostgreSQL, a child of this process that does not outlive it. */
export interface PostgresInstance extends ServerInstance {
  /** The connection string of another database of this cluster. */
  urlOf(database: string): string;
}

export interface PrivatePostgres extends PrivateServer {
  /** Makes the database that `url` names, when it is absent. The server must be ready. */
  ensureDatabase(): Promise<void>;
  urlOf(database: string): string;
}

const HOST = '127.0.0.1';
const USER = 'probity';
const STOP_GRACE_MS = 10_000;

/**
 * A private PostgreSQL on loopback, with a cluster that is made the first time and kept. Its password is
 * random and lies beside the cluster, readable by its owner only.
 * Throws when the cluster cannot be made.
 */
export async function privatePostgres(options: PostgresOptions & { port: number }): Promise<PrivatePostgres> {
  const { dir, port, database = 'probity', settings = {}, say = () => undefined } = options;
  const account = postgresAccount();
  const place = await placeFor(dir, options.programs ?? findPostgres(), account);
  const { programs, data, elsewhere } = place;
  const password = await makeCluster(place, dir, account, say);
  const all = { listen_addresses: HOST, unix_socket_directories: '', ...settings };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const urlOf = (name: string): string => `postgres://${USER}:${password}@${HOST}:${port}/${name}`;
  return {
    name: 'PostgreSQL',
    host: HOST,
    port,
    url: urlOf(database),
    logFile: join(dir, 'postgres.log'),
    process: {
      command: programs.postgres,
      args: ['-D', data, '-p', String(port), ...flags],
      cwd: '/',
      env: { PATH: process.env['PATH'] },
      // Fast shutdown: it disconnects its clients instead of waiting for them.
      stopSignal: 'SIGINT',
      ...(account === undefined ? {} : { account }),
    },
    notReady: (pid) => Promise.resolve(notReady(data, pid)),
    ...(elsewhere === undefined ? {} : { elsewhere, release: () => bringHome(dir) }),
    ensureDatabase: () => makeDatabase({ port, password }, database),
    urlOf,
  };
}

/**
 * Starts a private PostgreSQL once.
 * Throws with the last lines of its log when it ends, or is not ready in time.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresInstance> {
  const server = await privatePostgres({ ...options, port: options.port ?? (await freePort()) });
  const instance = await startServer(server, {
    timeoutMs: options.timeoutMs ?? 30_000,
    graceMs: STOP_GRACE_MS,
  });
  await server.ensureDatabase();
  return { ...instance, urlOf: (name) => server.urlOf(name) };
}

/** Makes the cluster unless it is there already; answers its password. */
async function makeCluster(
  { programs, data }: Place,
  dir: string,
  account: Account | undefined,
  say: Say,
): Promise<string> {
  const passwordFile = join(dir, 'password');
  const isThere = existsSync(join(data, 'PG_VERSION')) && existsSync(passwordFile);
  if (isThere) return readFileSync(passwordFile, 'utf8').trim();
  say('making a PostgreSQL cluster');
  // What an interrupted attempt left behind would make initdb refuse.
  rmSync(data, { recursive: true, force: true });
  mkdirSync(data, { mode: 0o700 });
  const password = randomBytes(18).toString('hex');
  const handover = join(dirname(data), 'initdb.password');
  writePrivate(handover, `${password}\n`);
  if (account) for (const path of [data, handover]) chownSync(path, account.uid, account.gid);
  const auth = ['-U', USER, `--pwfile=${handover}`, '-A', 'scram-sha-256'];
  const rest = ['-E', 'UTF8', '--locale=C', '--no-sync', '--no-instructions'];
  const { code, output } = await run(programs.initdb, ['-D', data, ...auth, ...rest], {
    ...account,
    cwd: '/',
  });
  rmSync(handover, { force: true });
  if (code !== 0) throw new Error(`initdb failed (${code ?? 'no start'}): ${lastLines(output)}`);
  writePrivate(passwordFile, `${password}\n`);
  return password;
}

// The server writes its state into the eighth line of postmaster.pid, for pg_ctl, beside its pid in the first.
function notReady(data: string, pid: number | null): string | undefined {
  const file = join(data, 'postmaster.pid');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
  if (Number(lines[0]) !== pid) return 'it is starting';
  const state = lines[7]?.trim();
  return state === 'ready' || state === 'standby' ? undefined : `it is ${state ?? 'starting'}`;
}

async function makeDatabase(server: { port: number; password: string }, name: string): Promise<void> {
  // All that the driver would look up in PGHOST, PGSSLMODE, PGOPTIONS and the like is said.
  const plain = {
    host: HOST,
    user: USER,
    database: 'postgres',
    ssl: false,
    options: '-c client_encoding=UTF8',
  };
  const client = new pg.Client({ ...plain, ...server });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

import { randomBytes } from 'node:crypto';
import {
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { freePort } from './free-port.js';
import { spawnGuarded, type Exit, type GuardedChild } from './guarded-child.js';
import { findPostgres, type PostgresPrograms } from './postgres-program.js';
import { postgresUser, type Command, type PostgresUser } from './postgres-user.js';
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
}

/** A private PostgreSQL, a child of this process that does not outlive it. */
export interface PostgresInstance {
  /** Connection string of `database`, password included. */
  url: string;
  host: string;
  port: number;
  pid: number;
  logFile: string;
  exited: Promise<Exit>;
  /** Disconnects its clients, waits until it is gone, kills it after 10 s. Safe to call again. */
  stop(): Promise<void>;
  kill(signal: NodeJS.Signals): void;
  /** The connection string of another database of this cluster. */
  urlOf(database: string): string;
}

const HOST = '127.0.0.1';
const USER = 'probity';
const STOP_GRACE_MS = 10_000;

/**
 * Starts a private PostgreSQL on loopback, with a cluster that is made on the first start and kept. Its
 * password is random and lies beside the cluster, readable by its owner only.
 * Throws with the last lines of its log when it ends, or is not ready in time.
 */
export async function startPostgres(options: PostgresOptions): Promise<PostgresInstance> {
  const { dir, database = 'probity', settings = {}, timeoutMs = 30_000, say = () => undefined } = options;
  const programs = findPostgres();
  const data = join(dir, 'cluster');
  mkdirSync(data, { recursive: true });
  const user = await postgresUser([data, programs.postgres]);
  const password = await makeCluster(programs, dir, data, user, say);
  const port = options.port ?? (await freePort());
  const logFile = join(dir, 'postgres.log');
  const child = await launch(programs, { data, port, user, settings, logFile });
  const failure = await waitUntilReady(child, data, timeoutMs);
  if (failure) {
    await child.stop('SIGQUIT', 2000);
    const log = lastLines(readFileSync(logFile, 'utf8'));
    throw new Error(`PostgreSQL on port ${port} ${failure}. Its log (${logFile}) ends with:\n${log}`);
  }
  const urlOf = (name: string): string => `postgres://${USER}:${password}@${HOST}:${port}/${name}`;
  await makeDatabase(urlOf('postgres'), database);
  return {
    url: urlOf(database),
    host: HOST,
    port,
    pid: child.pid,
    logFile,
    exited: child.exited,
    stop: () => child.stop('SIGINT', STOP_GRACE_MS),
    kill: (signal) => child.kill(signal),
    urlOf,
  };
}

/** Makes the cluster unless it is there already; answers its password. */
async function makeCluster(
  programs: PostgresPrograms,
  dir: string,
  data: string,
  user: PostgresUser | undefined,
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
  const handover = join(dir, 'initdb.password');
  writeFileSync(handover, `${password}\n`, { mode: 0o600 });
  if (user) for (const path of [data, handover]) chownSync(path, user.uid, user.gid);
  const auth = ['-U', USER, `--pwfile=${handover}`, '-A', 'scram-sha-256'];
  const rest = ['-E', 'UTF8', '--locale=C', '--no-sync', '--no-instructions'];
  const command = commandOf(user, programs.initdb, ['-D', data, ...auth, ...rest]);
  const { code, output } = await run(command.program, command.args, { ...identityOf(command), cwd: '/' });
  rmSync(handover, { force: true });
  if (code !== 0) throw new Error(`initdb failed (${code ?? 'no start'}): ${lastLines(output)}`);
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  return password;
}

interface Launch {
  data: string;
  port: number;
  user: PostgresUser | undefined;
  settings: Readonly<Record<string, string>>;
  logFile: string;
}

async function launch(programs: PostgresPrograms, options: Launch): Promise<GuardedChild> {
  const { data, port, user, settings, logFile } = options;
  const all = { listen_addresses: HOST, unix_socket_directories: '', ...settings };
  const flags = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const command = commandOf(user, programs.postgres, ['-D', data, '-p', String(port), ...flags]);
  const logFd = openSync(logFile, 'a');
  try {
    const identity = identityOf(command);
    return await spawnGuarded(command.program, command.args, {
      orphanSignal: 'SIGINT',
      cwd: '/',
      logFd,
      ...identity,
    });
  } finally {
    closeSync(logFd);
  }
}

function commandOf(user: PostgresUser | undefined, program: string, args: readonly string[]): Command {
  return user ? user.command(program, args) : { program, args };
}

function identityOf({ uid, gid }: Command): { uid?: number; gid?: number } {
  return uid === undefined || gid === undefined ? {} : { uid, gid };
}

// The server writes its state into the eighth line of postmaster.pid, for pg_ctl, beside its pid in the first.
async function waitUntilReady(
  child: GuardedChild,
  data: string,
  timeoutMs: number,
): Promise<string | undefined> {
  const file = join(data, 'postmaster.pid');
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    if (child.hasExited()) return 'ended at once';
    const lines = existsSync(file) ? readFileSync(file, 'utf8').split('\n') : [];
    if (Number(lines[0]) === child.pid && lines[7]?.trim() === 'ready') return undefined;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return `was not ready within ${timeoutMs} ms`;
}

async function makeDatabase(adminUrl: string, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

import { readFileSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { findProgram, run } from './programs.js';

/** The account that runs PostgreSQL, which refuses to run as root. */
export interface PostgresUser {
  uid: number;
  gid: number;
  /** The command line of a program as this account. */
  command(program: string, args: readonly string[]): Command;
}

export interface Command {
  program: string;
  args: readonly string[];
  /** To start the program as another account directly; absent where the command line sees to it. */
  uid?: number;
  gid?: number;
}

/**
 * The unprivileged account for PostgreSQL when this process is root, else undefined. The account must reach
 * `paths`; where a parent folder is closed to it (a clone under /root) it keeps root's right to pass there.
 * Throws an error that says what to change when it cannot reach them.
 */
export async function postgresUser(paths: readonly string[]): Promise<PostgresUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  const accounts = readAccounts();
  const account = accounts.get('postgres') ?? accounts.get('nobody');
  if (!account) throw new Error('PostgreSQL does not run as root: make an account for it (useradd postgres)');
  const { uid, gid } = account;
  const closed = paths.flatMap(parents).find((dir) => (statSync(dir).mode & 0o001) === 0);
  if (!closed) return { uid, gid, command: (program, args) => ({ program, args, uid, gid }) };
  const setpriv = findProgram(['setpriv']) ?? 'setpriv';
  const rights = ['--inh-caps=+dac_override', '--ambient-caps=+dac_override'];
  const identity = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', ...rights];
  if ((await run(setpriv, [...identity, 'ls', closed])).code !== 0) {
    throw new Error(
      `PostgreSQL does not run as root, and its account (uid ${uid}) cannot enter ${closed}: ` +
        `run \`chmod o+x ${closed}\`, move the clone, or set DATABASE_URL`,
    );
  }
  return {
    uid,
    gid,
    command: (program, args) => ({ program: setpriv, args: [...identity, program, ...args] }),
  };
}

function readAccounts(): Map<string, { uid: number; gid: number }> {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  return new Map(
    lines.map((line) => {
      const [name = '', , uid, gid] = line.split(':');
      return [name, { uid: Number(uid), gid: Number(gid) }];
    }),
  );
}

function parents(path: string): string[] {
  const dir = dirname(path);
  return dir === path ? [] : [dir, ...parents(dir)];
}

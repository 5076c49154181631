import { spawn } from 'node:child_process';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

export interface CodexHome {
  readonly home: string;
  /** The empty folder in which turns run. */
  readonly workspace: string;
}

const WITHIN_MS = 3000;
const TRY_OUT = 'mkdir -p -- "$1" && echo "may be removed" >"$2" && rm -f -- "$2"';

/** The folder of codex: its configuration, its keys, its threads. */
export function codexHome(setting: string | undefined): string {
  return resolve(setting ?? join(homedir(), '.codex'));
}

/**
 * Makes sure that the child's folder exists and can be written, by writing to it: permissions alone do not tell
 * of a read-only or full disk. Rejects with what to do. A process of its own tries it out, for on a file system that
 * hangs, and with Node below /proc, it takes for ever: that must not be our own event loop, nor a thread of its pool.
 */
export async function prepareCodexHome(setting: string | undefined): Promise<CodexHome> {
  const home = codexHome(setting);
  const workspace = join(home, 'workspace');
  const why = await tryOut(workspace, join(home, `.probity-${process.pid}`)).catch((error: unknown) => {
    const { code = String(error) } = error as NodeJS.ErrnoException;
    throw new Error(`CODEX_HOME (${home}) cannot be tried out: no process can be started (${code})`, {
      cause: error,
    });
  });
  if (why === null) return { home, workspace };
  throw new Error(
    `CODEX_HOME (${home}) cannot be written (${why}); name a folder that this account may write to`,
  );
}

/** Null when it can be written, else why not. Rejects when no process can be started that tries it out. */
async function tryOut(workspace: string, trial: string): Promise<string | null> {
  return await new Promise((settle, reject) => {
    const child = spawn('/bin/sh', ['-c', TRY_OUT, 'sh', workspace, trial], {
      cwd: '/',
      env: { PATH: process.env['PATH'], LC_ALL: 'C' },
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    let complaint = '';
    const late = setTimeout(() => {
      // What hangs in the kernel may not even hear this; it is not waited for.
      child.kill('SIGKILL');
      child.unref();
      child.stderr?.destroy();
      settle(`no answer within ${WITHIN_MS / 1000} s`);
    }, WITHIN_MS);
    child.stderr?.on('data', (chunk: Buffer) => (complaint += chunk.toString().slice(0, 1000)));
    child.once('error', (error) => {
      clearTimeout(late);
      reject(error);
    });
    child.once('close', (code) => {
      clearTimeout(late);
      settle(code === 0 ? null : reasonIn(complaint));
    });
  });
}

/** `mkdir: cannot create directory '/proc/nope': No such file or directory` */
function reasonIn(complaint: string): string {
  return complaint.trim().split('\n').at(-1)?.split(': ').at(-1) || 'it fails';
}

import type { ChildProcess } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import type { Duplex } from 'node:stream';

/**
 * Fd 3 is a socket whose other end only the supervisor holds: its end of file is the supervisor's death. On it the
 * guard asks for the map of its user namespace, where it has one, and tells the pid of the child on this machine.
 */
export const GUARD_FD = 3;
/** On fd 4 comes the environment of the child, as a script of `export`. */
export const ENVIRONMENT_FD = 4;

/** A pipe of a child. Without a descriptor left there is none, though the error comes only later. */
export function pipeOf(child: ChildProcess, fd: number): Duplex | null | undefined {
  const stdio = child.stdio as readonly unknown[] | undefined;
  return stdio?.[fd] as Duplex | null | undefined;
}

/** Answers what the guard asks, and tells the pid of the child. */
export function hearGuard(channel: Duplex | null | undefined, born: (pid: number) => void): typeof channel {
  channel?.on('error', () => undefined);
  channel?.on('data', (data: Buffer) => {
    const line = data.toString();
    const asks = /^map (\d+)$/m.exec(line)?.[1];
    if (asks === undefined) born(Number(line));
    else channel.write(mapAccounts(asks) ? 'mapped\n' : 'not mapped\n');
  });
  return channel;
}

/** Gives the user namespace of a process the accounts of this one, each as itself. */
function mapAccounts(pid: string): boolean {
  try {
    for (const map of ['uid_map', 'gid_map']) writeFileSync(`/proc/${pid}/${map}`, ownMap(map));
    return true;
  } catch {
    return false;
  }
}

/** Rows of "first account here, first account outside, how many"; the kernel wants all of them in one write. */
function ownMap(map: string): string {
  const rows = readFileSync(`/proc/self/${map}`, 'latin1').trim().split('\n');
  return rows
    .map((row) => {
      const [first = '', , count = ''] = row.trim().split(/\s+/);
      return `${first} ${first} ${count}\n`;
    })
    .join('');
}

/** Linux starts nothing with more; the name and its value, with what is between and behind them. */
const LARGEST_VARIABLE = 128 * 1024 - 2;

/**
 * An environment as a script for a shell. What a shell cannot name was never passed on by one; what it keeps for
 * itself (`UID` in some) stays its own. Throws what `spawn` would throw, for the shell could not tell it.
 */
export function exportsOf(environment: NodeJS.ProcessEnv): string {
  for (const [name, value = ''] of Object.entries(environment)) {
    if (Buffer.byteLength(value) + name.length < LARGEST_VARIABLE) continue;
    throw Object.assign(new Error(`E2BIG: ${name} is larger than what a process may be started with`), {
      code: 'E2BIG',
    });
  }
  return Object.entries(environment)
    .filter(([name, value]) => /^[A-Za-z_]\w*$/.test(name) && value !== undefined && !value.includes('\0'))
    .map(([name, value = '']) => `command export '${name}=${value.replaceAll("'", `'\\''`)}' 2>/dev/null\n`)
    .join('');
}

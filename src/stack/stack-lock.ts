import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { writePrivate } from '#devkit';

/** Who holds the lock: a pid alone is reused, a pid with its start time is not. */
export interface Holder {
  readonly pid: number;
  /** The start time as the system writes it; null where it cannot be read. */
  readonly startedAt: string | null;
}

/** Takes the lock for this process. Answers its holder when another one that lives has it. */
export function takeLock(file: string): Holder | undefined {
  for (;;) {
    const holder = lockHolder(file);
    if (holder !== undefined) return holder.pid === process.pid ? undefined : holder;
    rmSync(file, { force: true });
    const own: Holder = { pid: process.pid, startedAt: startOf(process.pid) };
    try {
      writePrivate(file, JSON.stringify(own), 'wx');
      return undefined;
    } catch (error) {
      // Another one was faster; it is asked next.
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
      // A full disk leaves an empty one.
      rmSync(file, { force: true });
      throw error;
    }
  }
}

/** Lets go of the lock, unless it is another's by now. */
export function releaseLock(file: string): void {
  if (lockHolder(file)?.pid === process.pid) rmSync(file, { force: true });
}

/** The process that holds the lock; undefined when there is none, or when it has ended without letting go. */
export function lockHolder(file: string): Holder | undefined {
  const holder = read(file);
  if (holder === undefined || !isAlive(holder.pid)) return undefined;
  return holder.startedAt === startOf(holder.pid) ? holder : undefined;
}

function read(file: string): Holder | undefined {
  try {
    const { pid, startedAt } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Holder>;
    return Number.isSafeInteger(pid) ? { pid: pid as number, startedAt: startedAt ?? null } : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** When a process started, as its system writes it; null when there is none, or it cannot be read. */
export function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name before the last parenthesis may hold anything; the state is field 3, the start time field 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // A zombie has ended; only nobody has asked yet, and in a container without an init nobody will.
    return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null);
  } catch {
    return startByPs(pid);
  }
}

function startByPs(pid: number): string | null {
  try {
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || null;
  } catch {
    return null;
  }
}

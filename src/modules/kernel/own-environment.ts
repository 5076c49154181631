import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';
import { secretValues } from './secret-values.js';

export interface TakenEnvironment {
  /** All that the process was given. */
  readonly values: Readonly<Record<string, string | undefined>>;
  /** Why others of the same account can still read it in `/proc`; null when they cannot. */
  readonly left: string | null;
}

/**
 * Takes the environment out of the process: what it was started with is readable in `/proc/<pid>/environ` by every
 * process of its account for as long as it lives, a child that runs what a model says among them. What is no secret
 * is set again, for `HOME`, `PATH` and `TZ` are read by libraries and children. To be called before anything is
 * started, and once: `values` is all that is left of the secrets.
 */
export function takeEnvironment(ownSecrets: ReadonlySet<string>): TakenEnvironment {
  const values = { ...process.env };
  const left = empty();
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined || ownSecrets.has(name) || secretValues(name, value).length > 0) {
      delete process.env[name];
    } else process.env[name] = value;
  }
  return { values, left };
}

/** Numbers of proc(5), counted from the field behind the name of the program, which is the third. */
const ENV_START = 50 - 3;
const ENV_END = 51 - 3;
const LARGEST = 16 * 1024 * 1024;

/** Overwrites the memory that the kernel shows as the environment. */
function empty(): string | null {
  try {
    const stat = readFileSync('/proc/self/stat', 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const start = Number(fields[ENV_START]);
    const length = Number(fields[ENV_END]) - start;
    if (!(start > 0 && length >= 0 && length <= LARGEST)) return 'its place in memory is not told';
    const memory = openSync('/proc/self/mem', 'r+');
    try {
      writeSync(memory, Buffer.alloc(length), 0, length, start);
    } finally {
      closeSync(memory);
    }
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

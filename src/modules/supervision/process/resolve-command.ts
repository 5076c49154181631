import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';

/** What a shell searches when PATH is not set. */
const DEFAULT_PATH = '/usr/local/bin:/usr/bin:/bin';

/**
 * The absolute path of a command, found as a shell would find it, before anything is spawned.
 * Throws an Error that says what was looked for and what to do.
 */
export function resolveCommand(command: string, env: NodeJS.ProcessEnv, cwd: string): string {
  if (command === '') throw new Error('the command is empty; name the program to run');
  if (!isDirectory(cwd))
    throw new Error(`the working directory ${cwd} does not exist; create it or name another`);
  const found = command.includes('/')
    ? [resolve(cwd, command)].find(isExecutable)
    : findOnPath(command, env['PATH'], cwd);
  if (found !== undefined) return found;
  const where = command.includes('/') ? 'at that path' : 'on the PATH';
  throw new Error(
    `${command} is not an executable file ${where}; install it, or name the program by its full path`,
  );
}

/** The first executable file of that name; relative folders of the path start from `cwd`. */
export function findOnPath(
  command: string,
  path: string | undefined,
  cwd: string = process.cwd(),
): string | undefined {
  const folders = (path ?? DEFAULT_PATH).split(delimiter);
  return folders.map((folder) => join(resolve(cwd, folder), command)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function isDirectory(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

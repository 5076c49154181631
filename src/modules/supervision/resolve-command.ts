import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, resolve } from 'node:path';

/**
 * The absolute path of a command, found as a shell would find it, before anything is spawned.
 * Throws an Error that says what was looked for and what to do.
 */
export function resolveCommand(command: string, env: NodeJS.ProcessEnv, cwd: string): string {
  if (command === '') throw new Error('the command is empty; name the program to run');
  if (!isDirectory(cwd))
    throw new Error(`the working directory ${cwd} does not exist; create it or name another`);
  const candidates = command.includes('/')
    ? [isAbsolute(command) ? command : resolve(cwd, command)]
    : (env['PATH'] ?? '')
        .split(delimiter)
        .map((folder) => join(folder === '' ? cwd : resolve(cwd, folder), command));
  const found = candidates.find(isExecutable);
  if (found !== undefined) return found;
  const where = command.includes('/') ? 'at that path' : 'on the PATH';
  throw new Error(
    `${command} is not an executable file ${where}; install it, or name the program by its full path`,
  );
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

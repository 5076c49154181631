import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * Makes sure that the child's folder exists and can be written, by writing to it: permissions alone do not tell
 * of a read-only or full disk. Answers the empty folder in which turns run. Throws with what to do.
 */
export function prepareCodexHome(setting: string | undefined): {
  readonly home: string;
  readonly workspace: string;
} {
  const home = resolve(setting ?? join(homedir(), '.codex'));
  const workspace = join(home, 'workspace');
  const trial = join(home, `.probity-${process.pid}`);
  try {
    mkdirSync(workspace, { recursive: true });
    writeFileSync(trial, 'may be removed');
    rmSync(trial, { force: true });
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new Error(
      `CODEX_HOME (${home}) cannot be written (${why}); name a folder that this account may write to`,
      { cause: error },
    );
  }
  return { home, workspace };
}

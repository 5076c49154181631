import { spawn } from 'node:child_process';
import { closeSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openPrivate } from '#devkit';
import { judge } from '../judge.js';
import type { StackPaths } from '../paths.js';

const NOT_READY = 1;
/** Every step had its own deadline; from then on it is a matter of seconds until all are ready at one moment. */
const READY_WITHIN_MS = 60_000;

/**
 * Starts the stack in the background. Returns once it is ready, as `--status` says it, or with its exit code when it
 * did not come up.
 */
export async function detach(
  paths: StackPaths,
  env: NodeJS.ProcessEnv,
  entry: string,
  say: (text: string) => void,
  readyWithinMs = READY_WITHIN_MS,
): Promise<number> {
  const log = join(paths.logs, 'stack.log');
  const fd = openPrivate(log);
  const child = spawn(process.execPath, [entry, 'up'], {
    detached: true,
    env,
    cwd: process.cwd(),
    stdio: ['ignore', fd, fd],
  });
  closeSync(fd);
  const ended = new Promise<number>((resolve) => {
    child.once('exit', (code) => resolve(code ?? 1));
    child.once('error', () => resolve(1));
  });
  // A Ctrl-C while it starts is meant for the stack.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));

  let told = 0;
  const follow = (): void => {
    const text = readFileSync(log, 'utf8');
    const complete = text.slice(told, text.lastIndexOf('\n') + 1);
    told += complete.length;
    if (complete !== '') say(complete.trimEnd());
  };
  let upSince: number | undefined;
  let ready = false;
  while (!ready) {
    const code = await Promise.race([ended, pause(100)]);
    follow();
    if (code !== undefined) return code;
    const state = judge(paths);
    if (state?.phase !== 'up' || state.pid !== child.pid) continue;
    ready = state.ready;
    upSince ??= performance.now();
    if (!ready && performance.now() - upSince > readyWithinMs) break;
  }
  follow();
  child.unref();
  say(
    `\nIt runs in the background (pid ${child.pid})${ready ? '' : ', and is not ready'}.\n` +
      '  see it:   npm run dev:stack -- --status\n' +
      `  follow:   tail -f ${log}\n` +
      '  stop it:  npm run dev:stack -- --stop',
  );
  return ready ? 0 : NOT_READY;
}

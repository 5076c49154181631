import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { detach } from '../../../src/stack/commands/detach.js';
import { status } from '../../../src/stack/commands/status.js';
import { judge } from '../../../src/stack/judge.js';
import { stackPaths, type StackPaths } from '../../../src/stack/paths.js';
import { atEnd } from '../../fixtures/cleanup.js';
import { eventually } from '../../fixtures/eventually.js';
import { tempDir } from '../../fixtures/temp-dir.js';

/** A stack that is up, and ready once a file says so: its lock and its state are the real ones. */
const STACK = `
import { existsSync } from 'node:fs';
const built = (name) => import(new URL(name, ${JSON.stringify(new URL('../../../build/stack/', import.meta.url).href)}));
const [{ takeLock }, { writeState }, { stackPaths }] = await Promise.all(
  ['stack-lock.js', 'stack-state.js', 'paths.js'].map(built),
);
const paths = stackPaths(process.env);
takeLock(paths.lock);
const about = { urls: {}, processes: [], checks: [] };
const tell = () => {
  const at = new Date().toISOString();
  const ready = existsSync(paths.data + '/is-ready');
  writeState(paths.state, { pid: process.pid, phase: 'up', ready, startedAt: at, updatedAt: at, ...about });
};
tell();
setInterval(tell, 20);
`;

function prepare(): { paths: StackPaths; env: NodeJS.ProcessEnv; entry: string } {
  const env = { PATH: process.env['PATH'], PROBITY_DATA_DIR: tempDir('detach') };
  const paths = stackPaths(env);
  const entry = join(paths.data, 'stack.mjs');
  writeFileSync(entry, STACK);
  atEnd(() => {
    const pid = judge(paths)?.pid;
    if (pid !== undefined) process.kill(pid, 'SIGKILL');
  });
  return { paths, env, entry };
}

// What a command prints is no part of a run's output.
beforeEach(() => void jest.spyOn(process.stdout, 'write').mockReturnValue(true));
afterEach(() => void jest.restoreAllMocks());

describe('--detach', () => {
  it('returns when the stack is ready as --status judges it, and not as soon as it is up', async () => {
    const { paths, env, entry } = prepare();
    let ended = false;
    const detached = detach(paths, env, entry, () => undefined).finally(() => (ended = true));
    await eventually(() => judge(paths)?.phase === 'up', { timeoutMs: 20_000, what: 'a stack that is up' });
    // Long enough for several of its looks.
    const until = performance.now() + 400;
    await eventually(() => ended || performance.now() > until);
    expect(ended).toBe(false);
    writeFileSync(join(paths.data, 'is-ready'), '');
    expect(await detached).toBe(0);
    expect(judge(paths)).toMatchObject({ phase: 'up', ready: true });
    expect(status(paths, env, true)).toBe(0);
  });

  it('does not wait for ever, and says that it is not ready', async () => {
    const { paths, env, entry } = prepare();
    const said: string[] = [];
    expect(await detach(paths, env, entry, (text) => void said.push(text), 200)).toBe(1);
    expect(said.join('\n')).toContain(', and is not ready');
    expect(status(paths, env, true)).toBe(1);
  });
});

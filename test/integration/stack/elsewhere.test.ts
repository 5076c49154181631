import { chmodSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { status } from '../../../src/stack/commands/status.js';
import { stop } from '../../../src/stack/commands/stop.js';
import { stackPaths } from '../../../src/stack/paths.js';
import { elsewhereOf, startPostgres } from '#devkit';
import { atEnd } from '../../fixtures/cleanup.js';
import { tempDir } from '../../fixtures/temp-dir.js';

let printed = '';
beforeEach(() => {
  printed = '';
  jest.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text);
    return true;
  });
});
afterEach(() => void jest.restoreAllMocks());

describe('what a stack that was killed has left outside of its folder', () => {
  it('is shown by --status, and brought home by --stop', async () => {
    // As a checkout under /root: the account of PostgreSQL cannot enter.
    const closed = tempDir('closed');
    chmodSync(closed, 0o700);
    const env = { PROBITY_DATA_DIR: join(closed, '.data') };
    const paths = stackPaths(env);
    const server = await startPostgres({ dir: paths.postgres });
    atEnd(() => server.stop());
    server.kill('SIGKILL');
    await server.exited;

    const left = elsewhereOf(paths.postgres);
    // Only root has to give it another account.
    expect(left !== undefined).toBe(process.getuid?.() === 0);
    expect(status(paths, env, true)).toBe(3);
    expect(JSON.parse(printed)).toEqual({ phase: 'stopped', ready: false, ...(left && { elsewhere: left }) });
    printed = '';
    expect(status(paths, env, false)).toBe(3);
    expect(printed.includes('--stop brings them home')).toBe(left !== undefined);
    if (left !== undefined) expect(printed).toContain(left);

    const said: string[] = [];
    expect(await stop(paths, (line) => void said.push(line))).toBe(0);
    expect(said.join()).toContain(left ?? 'there is nothing to stop');
    expect(left !== undefined && existsSync(left)).toBe(false);
    expect(elsewhereOf(paths.postgres)).toBeUndefined();
    expect(existsSync(join(paths.postgres, 'cluster', 'PG_VERSION'))).toBe(true);
    printed = '';
    status(paths, env, true);
    expect(JSON.parse(printed)).toEqual({ phase: 'stopped', ready: false });
    // And it is the cluster that it was.
    const again = await startPostgres({ dir: paths.postgres, port: server.port });
    atEnd(() => again.stop());
    expect(again.url).toBe(server.url);
    await again.stop();
  });
});

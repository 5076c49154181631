import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { eventually } from '../fixtures/eventually.js';
import { freePort } from '../fixtures/ports.js';
import { treeOf } from '../fixtures/proc.js';
import { tempDir } from '../fixtures/temp-dir.js';
import { TestStack } from '../fixtures/dev-stack.js';

const STARTS_WITHIN_MS = 180_000;
const CHILD = `${process.execPath} test/fixtures/children/app-server.mjs well`;
const PLATFORM = {
  API_TOKEN: 'api-token-of-the-stack-0001',
  OPS_TOKEN: 'ops-token-of-the-stack-0001',
  AUTH_SECRET: 'auth-secret-of-the-stack-0001',
  ANTHROPIC_API_KEY: 'key-of-the-provider-of-the-stack',
};
/** What is no setting of Probity's goes to codex as well. */
const OF_OTHERS = { SOMEBODYS_TOKEN: 'token-of-somebody-else-0001' };
const NOBODY = 65_534;

const filesIn = (dir: string): string[] =>
  readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));

/** Those of the files that another account can read. */
function readableByOthers(files: readonly string[]): string[] {
  const { stdout } = spawnSync(
    '/bin/sh',
    ['-c', 'for file; do [ -r "$file" ] && echo "$file"; done; :', 'sh', ...files],
    { uid: NOBODY, gid: NOBODY, cwd: '/', encoding: 'utf8' },
  );
  return stdout.split('\n').filter(Boolean);
}

const modes = (paths: readonly string[]): string[] =>
  paths.map((path) => `${path}: ${(statSync(path).mode & 0o777).toString(8)}`);

describe('a dev stack', () => {
  it(
    'shows no secret in /proc, whoever looks, and leaves none in a file that others can read',
    async () => {
      const port = String(await freePort());
      const stack = await TestStack.prepare({
        ...PLATFORM,
        ...OF_OTHERS,
        PROXY_USE_APP_SERVER: 'true',
        APP_SERVER_PORT: port,
        APP_SERVER_COMMAND: CHILD.replace('test/', `${process.cwd()}/test/`),
        CODEX_HOME: tempDir('codex-home'),
      });
      // As an earlier version left them: open to everybody.
      chmodSync(stack.dir, 0o755);
      for (const folder of ['logs', 'redis', 'postgres']) mkdirSync(join(stack.dir, folder), { mode: 0o755 });
      for (const file of ['stack.json', 'stack.env', 'logs/api.log'])
        writeFileSync(join(stack.dir, file), '', { mode: 0o644 });

      const command = await stack.command();
      await command.waitForLine('The stack is up.', STARTS_WITHIN_MS);
      const call = { authorization: `Bearer ${PLATFORM.API_TOKEN}` };
      const post = async (path: string, body: unknown) => {
        const reply = await fetch(`${stack.apiUrl}${path}`, {
          method: 'POST',
          headers: { ...call, 'content-type': 'application/json' },
          body: JSON.stringify(body),
        });
        expect(reply.ok).toBe(true);
        return (await reply.json()) as { id: string };
      };
      // Leaves a sandbox of the worker and one of the api, which compiles, alive for a while.
      const steps = [{ id: 'shape', kind: 'transform', expression: '1 + 1' }];
      const workflow = await post('/api/workflows', { name: 'shape', steps });
      await post(`/api/workflows/${workflow.id}/executions`, { input: {} });

      const reply = await fetch(`http://127.0.0.1:${port}/healthz`, {
        headers: { authorization: `Bearer ${PLATFORM.OPS_TOKEN}` },
      });
      const child = ((await reply.json()) as { worker_supervisor: { pid: number } }).worker_supervisor.pid;
      const password = readFileSync(join(stack.dir, 'postgres', 'password'), 'utf8').trim();
      const secrets = [...Object.values(PLATFORM), ...Object.values(OF_OTHERS), password];

      const tree = await eventually(
        () => {
          const all = treeOf(command.pid);
          return all.filter(({ cmdline }) => cmdline.includes('node:worker_threads')).length >= 2 && all;
        },
        { timeoutMs: 30_000, what: 'the sandboxes' },
      );
      const names = tree.map(({ cmdline }) => cmdline).join('\n');
      for (const known of ['dist/main.js', 'redis-server', 'postgres', 'execution.worker.js', 'kill -KILL 0'])
        expect(names).toContain(known);
      expect(tree.map(({ pid }) => pid)).toContain(child);
      const found = tree.flatMap(({ pid, environ, cmdline }) => {
        const allowed: readonly string[] = pid === child ? Object.values(OF_OTHERS) : [];
        return secrets
          .filter(
            (secret) => cmdline.includes(secret) || (environ.includes(secret) && !allowed.includes(secret)),
          )
          .map((secret) => `${secret} of ${cmdline}`);
      });
      expect(found).toEqual([]);

      // Where the checkout is closed to others, the account of PostgreSQL has copies of its programs here.
      const programs = join(stack.dir, 'postgres', 'programs', '/');
      const ownFiles = filesIn(stack.dir).filter((file) => !file.startsWith(programs));
      const files = ownFiles.filter((file) => !file.includes('/cluster/'));
      expect(files.map((file) => file.slice(stack.dir.length + 1))).toEqual(
        expect.arrayContaining([
          'stack.json',
          'stack.env',
          'logs/api.log',
          'logs/redis.log',
          'postgres/password',
        ]),
      );
      // ports.json is the test's own.
      expect(
        modes(files).filter(
          (line) => !/: 600$/.test(line) && !/ports\.json/.test(line) && !/\/redis\//.test(line),
        ),
      ).toEqual([]);
      const folders = ['logs', 'redis', 'postgres'].map((name) => join(stack.dir, name));
      expect(modes(folders).map((line) => line.split(': ')[1])).toEqual(['700', '700', '711']);
      if (process.getuid?.() === 0) {
        const closed = ownFiles.filter((file) => !file.endsWith('ports.json'));
        expect(readableByOthers(closed)).toEqual([]);
        expect(readableByOthers([join(stack.dir, 'ports.json')])).toHaveLength(1);
      }
      command.signal('SIGINT');
      expect(await command.exited).toEqual({ code: 0, signal: null });
      for (const secret of secrets) expect(command.lines.join('\n')).not.toContain(secret);
    },
    2 * STARTS_WITHIN_MS,
  );
});

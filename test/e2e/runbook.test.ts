import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import jsonata from 'jsonata';
import { fakeWorker } from '../fixtures/app-server.js';
import { atEnd } from '../fixtures/cleanup.js';
import { LlmProvider } from '../fixtures/llm-provider.js';
import { CLIENT, OPERATOR, Platform } from '../fixtures/platform.js';
import { PRODUCTION, type Probity } from '../fixtures/probity.js';
import { tempDir } from '../fixtures/temp-dir.js';
import { isOfSystemd, mayBeSilent, readPage, tableUnder } from './runbook.support.js';

const run = promisify(execFile);
const MONITORING = 'docs/runbooks/production-monitoring.md';
const monitoring = readPage(MONITORING);
const supervised = readPage('docs/runbooks/supervised-worker.md');

/** One shell for each way of running it: with tokens in production, and without any on a developer's machine. */
interface Shell {
  readonly api: Probity;
  readonly env: NodeJS.ProcessEnv;
}
const shells = new Map<string, Shell>();
const [CLOSED, OPEN] = ['with OPS_TOKEN', 'without tokens'];

beforeAll(async () => {
  const provider = await LlmProvider.start();
  const shared = {
    OPENAI_API_KEY: 'sk-runbook-000000000000',
    OPENAI_BASE_URL: provider.url,
    QUEUE_NAMES: 'execution,*',
  };
  const [closed, open] = await Promise.all([
    start({ ...shared }),
    start({ ...shared, NODE_ENV: 'development', OPS_TOKEN: '', API_TOKEN: '' }),
  ]);
  shells.set(CLOSED, closed);
  shells.set(OPEN, open);
});

async function start(settings: Record<string, string>): Promise<Shell> {
  const platform = await Platform.create(settings);
  const chain = await someChain();
  const tokens = { ...PRODUCTION, ...settings };
  const declared = { DECLARED_DEPENDENCIES: 'app-server', EVM_RPC_URL: chain };
  const beside = { OPS_TOKEN: tokens['OPS_TOKEN'] ?? '', API_TOKEN: tokens['API_TOKEN'] ?? '' };
  const [api, worker, appServer] = await Promise.all([
    platform.api(declared),
    platform.worker(),
    fakeWorker('well', { ...beside, REDIS_URL: platform.redis.url, QUEUE_REDIS_PORT: '' }),
  ]);
  const headers = OPERATOR;
  await api.until('/api/production/health', ({ json }) => json.status === 'healthy', {
    headers,
    timeoutMs: 60_000,
  });
  const workflow = await api.post('/api/workflows', WORKFLOW, CLIENT);
  expect(workflow.status).toBe(201);
  const [, host = '', port = ''] = /^http:\/\/(.*):(\d+)$/.exec(api.url) ?? [];
  const env = {
    PATH: process.env['PATH'],
    HOST: host,
    PORT: port,
    WORKER: worker.url,
    APP_SERVER: appServer.url,
    ...beside,
    DATABASE_URL: platform.database.url,
    REDIS_URL: platform.redis.url,
    OPENAI_BASE_URL: settings['OPENAI_BASE_URL'],
    OPENAI_API_KEY: settings['OPENAI_API_KEY'],
    EVM_RPC_URL: chain,
    TERM: 'dumb',
  };
  return { api, env };
}

const WORKFLOW = { name: 'runbook', steps: [{ id: 'pause', kind: 'delay', ms: 1 }] };

/** An endpoint of an EVM chain that advances. */
async function someChain(): Promise<string> {
  let block = 1000;
  const server = createServer((request, response) => {
    request.resume().once('end', () => {
      const result = `0x${(block++).toString(16)}`;
      response
        .setHeader('content-type', 'application/json')
        .end(JSON.stringify({ jsonrpc: '2.0', id: 1, result }));
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(() => void server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function shell(which: string, preamble: string, script: string, extra: NodeJS.ProcessEnv = {}) {
  const env = { ...shells.get(which)?.env, ...extra };
  // Without its rc file, which bash reads when its input is a socket.
  return run('bash', ['--norc', '-c', `set -o pipefail\n${preamble}\n${script}`], {
    env,
    cwd: process.cwd(),
  });
}

/** An answer that needs a token, or is of a path that does not exist, is no answer for whoever is on call. */
const REFUSED = /"status": ?(401|403|404|405)|\b(NOAUTH|WRONGPASS|NOPERM)\b|parse error/;

async function worksAsPrinted(which: string, preamble: string, command: string): Promise<void> {
  // `watch` never ends; what it runs does.
  const script = command.replace(/^watch -n5 "(.*)"$/m, (_, watched: string) =>
    watched.replaceAll('\\"', '"'),
  );
  const dir = tempDir('runbook');
  // A developer's machine is no production, and the script says so by its exit code.
  const judged = /check-production\.sh/.test(script) ? `${script.trim()} || [ $? -le 2 ]` : script;
  const { stdout } = await shell(which, preamble, judged.replaceAll('> "incident-', `> "${dir}/incident-`));
  expect(stdout).not.toMatch(REFUSED);
  if (mayBeSilent(command)) return;
  expect(stdout.trim()).not.toBe('');
  if (!command.includes('min')) expect(stdout).not.toMatch(/^null$/m);
}

describe.each([CLOSED, OPEN])('the runbooks, on a healthy stack %s', (which) => {
  it.each(monitoring.blocks.map((each) => [each]))('works as printed: %s', async (command) => {
    await worksAsPrinted(which, monitoring.preamble, command);
  });

  it.each(monitoring.firstCommands.filter((each) => !isOfSystemd(each)).map((each) => [each]))(
    'begins with a command that works: %s',
    async (command) => {
      await worksAsPrinted(which, monitoring.preamble, command);
    },
  );

  it.each(
    [...supervised.blocks, ...supervised.firstCommands]
      .filter((each) => !isOfSystemd(each))
      .map((each) => [each]),
  )('works as printed for the supervised worker: %s', async (command) => {
    await worksAsPrinted(which, supervised.preamble, command);
  });

  it.each(tableUnder(MONITORING, 'Grafana quick start'))(
    'gives the panel %s of %s its value by the selector %s',
    async (panel, path = '', selector = '') => {
      const answer = (await shells.get(which)?.api.get(path, OPERATOR))?.json as unknown;
      const value: unknown = await jsonata(selector).evaluate(answer);
      expect([panel, value]).not.toEqual([panel, undefined]);
    },
  );

  it('names the worker that is to be restarted, its state, host and pid', async () => {
    const command = monitoring.blocks.find((each) => each.includes('endswith("Workers")')) ?? '';
    const { stdout } = await shell(which, monitoring.preamble, command);
    expect(stdout).toMatch(/^worker\.healthy: /);
    expect(stdout).toMatch(/^worker-\S+ {2}running {2}host \S+ {2}pid \d+$/m);
  });

  it('has the sample script say three lines and exit as they say', async () => {
    const { stdout, code } = await sample(which, '', {});
    expect(stdout).toMatch(
      /^ready {6}(true|false) .*\nheartbeat {2}pass {2}worker\.healthy.*\nhealth {5}\w+/,
    );
    // A developer's machine is no production.
    expect(code).toBe(which === CLOSED ? 0 : 2);
  });
});

describe('the sample script', () => {
  it.each([
    ['nobody answers', 'http://127.0.0.1:9', 3],
    ['it is called with more than an address', 'http://127.0.0.1:9 again', 64],
    ['what it is given is no address', 'localhost:5000', 64],
  ])('when %s, exits with %s %i', async (_, args, expected) => {
    expect((await sample(CLOSED, args, {})).code).toBe(expected);
  });

  it('exits 3 when somebody else answers at that address', async () => {
    const { code, stdout } = await sample(CLOSED, '', { API_BASE: await someChain() });
    expect([code, stdout]).toEqual([3, expect.stringContaining('no answer of Probity')]);
  });
});

async function sample(which: string, args: string, extra: NodeJS.ProcessEnv) {
  const script = `API_BASE=\${API_BASE:-http://$HOST:$PORT} sh docs/runbooks/check-production.sh ${args}`;
  return await shell(which, '', script, extra).then(
    ({ stdout }) => ({ stdout, code: 0 }),
    (error: unknown) => error as { stdout: string; code: number },
  );
}

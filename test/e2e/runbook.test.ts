import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { OPERATOR, Platform } from '../fixtures/platform.js';
import { LlmProvider } from '../fixtures/llm-provider.js';
import { PRODUCTION } from '../fixtures/probity.js';
import { tempDir } from '../fixtures/temp-dir.js';

const run = promisify(execFile);
const page = readFileSync('docs/runbooks/production-monitoring.md', 'utf8');
/** The shell blocks before the sections of the codes, in order; the first one sets the shell up. */
const blocks = [...(page.split('## Every code')[0] ?? '').matchAll(/^ *```sh\n([\s\S]*?)^ *```/gm)].map(
  (match) => (match[1] ?? '').replace(/^ {3}/gm, ''),
);
const [preamble = '', ...commands] = blocks;

let env: NodeJS.ProcessEnv;
beforeAll(async () => {
  const provider = await LlmProvider.start();
  const platform = await Platform.create({
    OPENAI_API_KEY: 'sk-runbook-000000000000',
    OPENAI_BASE_URL: provider.url,
  });
  const [api] = await Promise.all([platform.api(), platform.worker()]);
  await api.until('/api/production/ready', (reply) => reply.status === 200, {
    headers: OPERATOR,
    timeoutMs: 30_000,
  });
  await api.until('/api/production/health', (reply) => reply.json.status === 'healthy', {
    headers: OPERATOR,
    timeoutMs: 30_000,
  });
  env = {
    PATH: process.env['PATH'],
    PROBITY: api.url,
    OPS_TOKEN: PRODUCTION['OPS_TOKEN'],
    DATABASE_URL: platform.database.url,
    TERM: 'dumb',
  };
}, 60_000);

const shell = (script: string) =>
  run('bash', ['-c', `set -o pipefail\n${preamble}\n${script}`], { env, cwd: process.cwd() });

describe('the runbook, on a healthy stack', () => {
  it.each(commands.map((command) => [command.trim()]))('works as printed: %s', async (command) => {
    // `watch` never ends; what it runs does.
    const script = command.replace(/^watch -n 2 "(.*)"$/m, '$1');
    const dir = tempDir('runbook');
    const { stdout } = await shell(script.replaceAll('> "incident-', `> "${dir}/incident-`));
    if (!script.includes('> "') && !script.includes('select(.stale)') && !script.includes('!= "pass"')) {
      expect(stdout.trim()).not.toBe('');
    }
    expect(stdout).not.toMatch(/^null$/m);
  });

  it('has the sample script say three lines and exit 0', async () => {
    const { stdout } = await shell('sh docs/runbooks/check-production.sh "$PROBITY"');
    expect(stdout).toMatch(/^ready {6}true.*\nheartbeat {2}pass {2}worker\.healthy.*\nhealth {5}healthy/);
  });

  it('has the sample script exit 3 when nobody answers', async () => {
    await expect(shell('sh docs/runbooks/check-production.sh http://127.0.0.1:9')).rejects.toMatchObject({
      code: 3,
    });
  });
});

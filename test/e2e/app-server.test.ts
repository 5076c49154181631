import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from '@jest/globals';
import OpenAI from 'openai';
import { chat, codexWorker, findCodex, ready } from '../fixtures/app-server.js';
import { crowd, eventually } from '../fixtures/eventually.js';
import type { Probity } from '../fixtures/probity.js';
import { ResponsesProvider } from '../fixtures/responses-provider.js';
import { tempDir } from '../fixtures/temp-dir.js';

const codex = await findCodex();
// CI installs it; with CI=true a skipped test is a failure.
const describeWithCodex = codex === undefined ? describe.skip : describe;

const question = (content: string) => [{ role: 'user' as const, content }];

/** Whatever runs with this CODEX_HOME, except for zombies. */
const processesOf = (home: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, 'utf8');
        return (
          environment.includes(`CODEX_HOME=${home}\0`) && readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== ''
        );
      } catch {
        return false;
      }
    })
    .map(Number);

describeWithCodex('the real codex (node scripts/install-codex.mjs installs it)', () => {
  let provider: ResponsesProvider;
  let worker: Probity;
  let home: string;
  let client: OpenAI;

  const start = async (env: Record<string, string> = {}, home = tempDir('codex-home')) => {
    const started = await codexWorker(codex ?? '', provider, { CODEX_HOME: home, ...env });
    await ready(started, 20_000);
    return started;
  };
  const clientOf = (probity: Probity, maxRetries = 0) =>
    new OpenAI({ baseURL: `${probity.url}/v1`, apiKey: 'none', maxRetries });

  beforeAll(async () => {
    provider = await ResponsesProvider.start();
    home = tempDir('codex-home');
    worker = await start({}, home);
    client = clientOf(worker);
  });

  it('advertises its models through the gateway', async () => {
    const models = await client.models.list();
    expect(models.data.map(({ id }) => id)).toContain('local-model');
    expect(models.data.length).toBeGreaterThan(1);
  });

  it('carries a completion from the official client to the provider and back', async () => {
    provider.says(['Hello ', 'from ', 'afar']);
    const completion = await client.chat.completions.create({
      model: 'local-model',
      temperature: 0.2,
      messages: [
        { role: 'system', content: 'Answer in the manner of a lighthouse keeper.' },
        { role: 'user', content: 'Who are you?' },
        { role: 'assistant', content: 'The keeper.' },
        { role: 'user', content: 'And where?' },
      ],
    });
    expect(completion.choices[0]?.message.content).toBe('Hello from afar');
    expect(completion.choices[0]?.finish_reason).toBe('stop');
    expect(completion.usage).toEqual({ prompt_tokens: 11, completion_tokens: 3, total_tokens: 14 });
    const asked = provider.requests.at(-1);
    expect(asked?.authorization).toBe('Bearer key-of-the-local-provider');
    expect(asked?.body.model).toBe('local-model');
    const said = JSON.stringify(asked?.body.input);
    for (const part of ['lighthouse keeper', 'Who are you?', 'The keeper.', 'And where?'])
      expect(said).toContain(part);
    expect(said.indexOf('Who are you?')).toBeLessThan(said.indexOf('And where?'));
  });

  it('streams it as it comes', async () => {
    const pieces: string[] = [];
    // A piece is said when the client has the one before: what is held back by anybody is never said.
    provider.says(['one ', 'two ', 'three '], { gate: (index) => eventually(() => pieces.length === index) });
    const stream = await client.chat.completions.create({
      model: 'local-model',
      messages: question('count'),
      stream: true,
      stream_options: { include_usage: true },
    });
    let usage: unknown = null;
    for await (const chunk of stream) {
      const text = chunk.choices[0]?.delta.content;
      if (text) pieces.push(text);
      usage = chunk.usage ?? usage;
    }
    expect(pieces).toEqual(['one ', 'two ', 'three ']);
    expect(usage).toMatchObject({ total_tokens: 14 });
  });

  it('interrupts the turn when the client leaves, so that the provider is no longer asked', async () => {
    provider.says(Array<string>(200).fill('word '), { pauseMs: 50 });
    const before = provider.abandoned;
    const stream = await client.chat.completions.create({
      model: 'local-model',
      messages: question('talk'),
      stream: true,
    });
    for await (const chunk of stream) if (chunk.choices[0]?.delta.content) break;
    stream.controller.abort();
    await eventually(() => provider.abandoned > before, { what: 'the provider left alone' });
  });

  it('tells what the provider refused as an error of the backend', async () => {
    provider.says([], { status: 400 });
    const failed = client.chat.completions.create({ model: 'local-model', messages: question('x') });
    await expect(failed).rejects.toMatchObject({ status: expect.any(Number), type: 'backend_error' });
    provider.says(['fine']);
  });

  it('keeps no conversation on the disk', async () => {
    provider.says(['fine']);
    await client.chat.completions.create({ model: 'local-model', messages: question('x') });
    await eventually(() => {
      const kept = readdirSync(home, { recursive: true })
        .map(String)
        .filter((path) => path.includes('rollout'));
      expect(kept).toEqual([]);
      return true;
    });
  });

  it('killed under load is not ready at once, fails what is under way, and comes back by itself', async () => {
    const ownHome = tempDir('codex-home');
    const own = await start({ WORKER_MAX_CONCURRENCY: '8', WORKER_BACKOFF_INITIAL_MS: '4000' }, ownHome);
    provider.says(Array<string>(400).fill('word '), { pauseMs: 25 });
    const asked = clientOf(own);
    const whole = [1, 2].map(() =>
      asked.chat.completions
        .create({ model: 'local-model', messages: question('x') })
        .catch((error: unknown) => error),
    );
    let streaming = 0;
    const streams = [1, 2].map(async () => {
      const stream = await asked.chat.completions.create({
        model: 'local-model',
        messages: question('x'),
        stream: true,
      });
      try {
        let pieces = 0;
        for await (const chunk of stream) {
          if (chunk.choices[0]?.delta.content && pieces++ === 0) streaming += 1;
        }
        return 'it ended well';
      } catch (error) {
        return error;
      }
    });
    await eventually(async () => /codex_streams_active\{.*\} 4\n/.test((await own.get('/metrics')).text));
    await eventually(() => streaming === 2);
    const { pid } = (await own.get('/healthz')).json.worker_supervisor;
    process.kill(pid as number, 'SIGKILL');
    const killedAt = performance.now();
    await eventually(async () => (await own.get('/readyz')).status === 503, {
      intervalMs: 2,
      timeoutMs: 1000,
    });
    // The aim is 100 ms, which `npm run bench` measures on a machine of its own; the requirement is 5 s.
    expect(performance.now() - killedAt).toBeLessThan(5000 * crowd());
    expect((await own.get('/livez')).status).toBe(200);
    for (const error of await Promise.all(whole)) {
      expect(error).toMatchObject({ status: 503, code: 'worker_exited', type: 'backend_unavailable' });
    }
    for (const error of await Promise.all(streams)) expect(error).toMatchObject({ code: 'worker_exited' });
    await ready(own, 15_000);
    expect(performance.now() - killedAt).toBeLessThan(10_000 * crowd());
    provider.says(['back ', 'again']);
    const again = await clientOf(own, 2).chat.completions.create({
      model: 'local-model',
      messages: question('x'),
    });
    expect(again.choices[0]?.message.content).toBe('back again');
    expect(processesOf(ownHome)).not.toEqual([]);
    expect(await own.process.stop()).toMatchObject({ code: 0 });
    // The kernel ends what is left in the namespace of the child a moment after it.
    await eventually(() => processesOf(ownHome).length === 0, {
      timeoutMs: 2000,
      what: 'the end of every process',
    });
  });

  it('asks for the model of its own config.toml, by name or when none is named, and knows no other', async () => {
    const own = tempDir('codex-home');
    const lines = [
      'model = "model-of-config-toml"',
      'model_provider = "local"',
      '[model_providers.local]',
      'name = "local"',
      `base_url = "${provider.url}"`,
      'wire_api = "responses"',
      'env_key = "LOCAL_PROVIDER_KEY"',
    ];
    writeFileSync(join(own, 'config.toml'), `${lines.join('\n')}\n`);
    const configured = await start({
      CODEX_HOME: own,
      APP_SERVER_COMMAND: `'${codex}' app-server`,
      APP_SERVER_PROVIDER: '',
      APP_SERVER_MODEL: '',
    });
    provider.says(['as ', 'configured']);
    for (const body of [{}, { model: 'model-of-config-toml' }]) {
      const asked = provider.requests.length;
      const { status, json } = await chat(configured, body);
      expect([status, json.model]).toEqual([200, 'model-of-config-toml']);
      expect(json.choices[0].message.content).toBe('as configured');
      expect(provider.requests.slice(asked).map((request) => request.body.model)).toEqual([
        'model-of-config-toml',
      ]);
    }
    expect((await chat(configured, { model: 'no-such-model' })).status).toBe(404);
    const { data } = await clientOf(configured).models.list();
    expect(data.map(({ id }) => id)).toContain('model-of-config-toml');
  });

  it('shows no secret in what it logs', async () => {
    expect(worker.process.lines.join('\n')).not.toContain('key-of-the-local-provider');
    expect((await worker.get('/healthz')).text).not.toContain('key-of-the-local-provider');
  });
});

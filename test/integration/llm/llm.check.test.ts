import { afterEach, describe, expect, it } from '@jest/globals';
import { HealthIndicatorService } from '@nestjs/terminus';
import { Counter, Registry } from 'prom-client';
import { parseSettings } from '../../../src/modules/config/index.js';
import { Board, codeDefinition, type CheckRecord, type Code } from '../../../src/modules/health/index.js';
import { createRedact } from '../../../src/modules/kernel/index.js';
import { ProviderError } from '../../../src/modules/llm/index.js';
import { LanguageModels } from '../../../src/modules/llm/language-models.service.js';
import { LlmCheck } from '../../../src/modules/llm/llm.check.js';
import { ProviderClient } from '../../../src/modules/llm/provider-client.js';
import { ProviderMemory } from '../../../src/modules/llm/provider-memory.js';
import { llmOptions } from '../../../src/options/index.js';
import { crowd, eventually } from '../../fixtures/eventually.js';
import { LlmProvider, type Behaviour, type Protocol } from '../../fixtures/llm-provider.js';
import { freePort } from '../../fixtures/ports.js';

const KEY = 'sk-real-key-0451';
const PROTOCOLS: Protocol[] = ['openai', 'anthropic', 'litellm'];
const SETTINGS = {
  openai: ['OPENAI_BASE_URL', 'OPENAI_API_KEY'],
  anthropic: ['ANTHROPIC_BASE_URL', 'ANTHROPIC_API_KEY'],
  litellm: ['LITELLM_BASE_URL', 'LITELLM_MASTER_KEY'],
} as const;

const settingsFor = ({ protocol, url }: Pick<LlmProvider, 'protocol' | 'url'>, key = KEY) => {
  const [urlSetting, keySetting] = SETTINGS[protocol];
  return { [urlSetting]: url, [keySetting]: key };
};

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

/** The check on a board of its own, with the providers that the environment names. */
function watch(environment: Record<string, string>) {
  const configuration = parseSettings(environment);
  const board = new Board(createRedact(configuration.secrets));
  const memory = new ProviderMemory(llmOptions(configuration));
  const client = new ProviderClient();
  const calls = new Counter({
    name: 'calls',
    help: 'calls',
    labelNames: ['provider', 'outcome'] as const,
    registers: [new Registry()],
  });
  const models = new LanguageModels(memory, client, calls);
  const check = new LlmCheck(new HealthIndicatorService(), board, memory, client);
  board.add(check);
  check.onModuleInit();
  board.start();
  closing.push(async () => {
    check.onApplicationShutdown();
    await board.stop();
    await client.onApplicationShutdown();
  });
  const seen = (): CheckRecord => {
    const found = board.snapshot().checks.find(({ key }) => key === 'llm');
    if (found === undefined) throw new Error('no llm check');
    return found;
  };
  const becomes = (code: string, timeoutMs = 10_000) =>
    eventually(() => seen().code === code && seen(), {
      timeoutMs,
      what: `${code} (it is ${seen().code}: ${seen().message})`,
    });
  return { board, models, seen, becomes };
}

const signal = () => AbortSignal.timeout(10_000);

describe.each(PROTOCOLS)('the llm check of %s', (protocol) => {
  it('passes by listing models, and asks for nothing that is billed', async () => {
    const provider = await LlmProvider.start(protocol);
    provider.key = KEY;
    const { becomes } = watch(settingsFor(provider));
    const { status, message, details } = await becomes('llm.ready');
    expect(status).toBe('pass');
    expect(message).toBe(`Language model provider ${protocol} accepts the key`);
    expect(details).toMatchObject({ providers: { [protocol]: { code: 'llm.ready', models: 2 } } });
    expect(provider.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /v1/models']);
  });

  it.each<[Behaviour, Code, string]>([
    ['key', 'llm.key_rejected', 'fail'],
    ['forbidden', 'llm.unverified', 'warn'],
    ['quota', 'llm.quota_exhausted', 'fail'],
    ['rate', 'llm.rate_limited', 'warn'],
    ['overloaded', 'llm.overloaded', 'warn'],
    [529, 'llm.overloaded', 'warn'],
    [500, 'llm.overloaded', 'warn'],
    [400, 'llm.unverified', 'warn'],
    [404, 'llm.unverified', 'warn'],
    [405, 'llm.unverified', 'warn'],
    [501, 'llm.unverified', 'warn'],
    [302, 'llm.unverified', 'warn'],
    ['html', 'llm.unverified', 'warn'],
  ])('takes %s for %s, a %s', async (behaviour, code, status) => {
    const provider = await LlmProvider.start(protocol);
    provider.behave(behaviour);
    const { becomes } = watch(settingsFor(provider));
    const record = await becomes(code);
    expect(record.status).toBe(status);
    expect(codeDefinition(code).restart).toBe('useless');
    expect(JSON.stringify(record)).not.toContain(KEY);
  });

  it('completes a prompt and counts its tokens', async () => {
    const provider = await LlmProvider.start(protocol);
    provider.key = KEY;
    const { models, becomes } = watch(settingsFor(provider));
    await becomes('llm.ready');
    const completion = await models.complete({ prompt: 'hello', maxTokens: 16, signal: signal() });
    expect(completion).toMatchObject({
      text: 'echo: hello',
      provider: protocol,
      usage: { inputTokens: 3, outputTokens: 5 },
    });
    // The model that it prefers where it is listed, else the first that is.
    expect(completion.model).toBe('gpt-4o-mini');
  });
});

describe('the llm check', () => {
  it('fails without asking anyone when nothing is configured', async () => {
    expect((await watch({}).becomes('llm.not_configured')).message).toContain('OPENAI_API_KEY');
  });

  it('fails without asking the provider when the key is a placeholder', async () => {
    const provider = await LlmProvider.start();
    const { becomes } = watch(settingsFor(provider, 'sk-xxx'));
    expect((await becomes('llm.placeholder_key')).message).toContain('OPENAI_API_KEY');
    expect(provider.requests).toEqual([]);
  });

  it('warns within its deadline about a provider that accepts and never answers', async () => {
    const provider = await LlmProvider.start();
    provider.behave('silent');
    const startedAt = performance.now();
    const record = await watch(settingsFor(provider)).becomes('llm.slow');
    expect(record.status).toBe('warn');
    expect(performance.now() - startedAt).toBeLessThan(10_000 * crowd());
  });

  it('fails at once for an address where nothing listens, and names the setting', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const record = await watch(settingsFor({ protocol: 'openai', url })).becomes('llm.unreachable');
    expect(record).toMatchObject({ status: 'fail', message: expect.stringContaining('OPENAI_BASE_URL') });
    expect(record.message).toContain('ECONNREFUSED');
  });

  it('warns when one of several works, though another is silent', async () => {
    const [well, silent] = await Promise.all([LlmProvider.start('openai'), LlmProvider.start('anthropic')]);
    silent.behave('silent');
    const { message } = await watch({ ...settingsFor(well), ...settingsFor(silent) }).becomes(
      'llm.some_unusable',
    );
    expect(message).toContain('openai accepts the key, but: anthropic');
  });

  it('looks again soon after trouble, and recovers', async () => {
    const provider = await LlmProvider.start();
    provider.behave('overloaded');
    const { becomes } = watch(settingsFor(provider));
    await becomes('llm.overloaded');
    provider.behave('well');
    await becomes('llm.ready', 8000);
  });

  it('follows no redirect with the key', async () => {
    const [here, there] = await Promise.all([LlmProvider.start(), LlmProvider.start()]);
    here.behave(307);
    await watch(settingsFor(here)).becomes('llm.unverified');
    expect(there.requests).toEqual([]);
  });
});

describe('a real call', () => {
  it('that finds the quota spent fails the check at once, though listing models still works', async () => {
    const provider = await LlmProvider.start();
    const { models, becomes } = watch(settingsFor(provider));
    await becomes('llm.ready');
    provider.completions = 'quota';
    const failed = models.complete({ prompt: 'hello', signal: signal() });
    await expect(failed).rejects.toMatchObject({ code: 'llm.quota_exhausted', retryable: false });
    await becomes('llm.quota_exhausted', 1000);
    provider.completions = 'well';
    await models.complete({ prompt: 'hello', signal: signal() });
    await becomes('llm.ready', 1000);
  });

  it('whose key is rejected makes the check look at once', async () => {
    const provider = await LlmProvider.start();
    const { models, becomes } = watch(settingsFor(provider));
    await becomes('llm.ready');
    provider.behave('key');
    await expect(models.complete({ prompt: 'hello', signal: signal() })).rejects.toMatchObject({
      code: 'llm.key_rejected',
    });
    await becomes('llm.key_rejected', 1000);
  });

  it('that succeeds proves a provider whose model list is forbidden to this key', async () => {
    const provider = await LlmProvider.start();
    provider.models = 'forbidden';
    const { models, becomes } = watch(settingsFor(provider));
    await becomes('llm.unverified');
    await models.complete({ prompt: 'hello', signal: signal() });
    await becomes('llm.ready', 1000);
  });

  it('tells how long to wait, and whether to try again', async () => {
    const provider = await LlmProvider.start();
    provider.completions = 'rate';
    provider.headers = { 'retry-after': '7' };
    const { models } = watch(settingsFor(provider));
    const error = await models.complete({ prompt: 'x', signal: signal() }).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ProviderError);
    expect(error).toMatchObject({
      code: 'llm.rate_limited',
      retryable: true,
      retryAfterMs: 7000,
      status: 429,
    });
  });

  it('ends with the reason of its signal', async () => {
    const provider = await LlmProvider.start();
    provider.completions = 'silent';
    const { models } = watch(settingsFor(provider));
    const reason = new Error('cancelled');
    await expect(models.complete({ prompt: 'x', signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const late = models.complete({ prompt: 'x', signal: AbortSignal.timeout(50) });
    await expect(late).rejects.toMatchObject({ name: 'TimeoutError' });
  });

  it('of a provider that is not configured says what to set', async () => {
    const provider = await LlmProvider.start();
    const { models } = watch(settingsFor(provider));
    const wrong = models.complete({ prompt: 'x', provider: 'anthropic', signal: signal() });
    await expect(wrong).rejects.toMatchObject({ code: 'llm.not_configured', retryable: false });
    const none = watch({}).models.complete({ prompt: 'x', signal: signal() });
    await expect(none).rejects.toMatchObject({ code: 'llm.not_configured' });
  });

  it('shows nothing of the key or of what the provider wrote', async () => {
    const provider = await LlmProvider.start();
    provider.completions = 'key';
    const { models } = watch(settingsFor(provider));
    const error = await models.complete({ prompt: 'x', signal: signal() }).catch((caught: unknown) => caught);
    expect(`${String(error)} ${JSON.stringify(error)}`).not.toMatch(/sk-r|0451|Incorrect/);
  });
});

describe('a provider that echoes the key', () => {
  it('in the name of its error, in another case, has it shown to nobody', async () => {
    const provider = await LlmProvider.start();
    provider.echo = KEY.toLowerCase();
    provider.behave('key');
    const record = await watch(settingsFor(provider)).becomes('llm.key_rejected');
    expect(JSON.stringify(record)).not.toContain(KEY.toLowerCase());
  });
});

describe('a provider that lists no models', () => {
  it('but answers is unverified, and then ready', async () => {
    const provider = await LlmProvider.start();
    provider.modelIds = [];
    const { models, becomes } = watch(settingsFor(provider));
    expect((await becomes('llm.unverified')).status).toBe('warn');
    await models.complete({ prompt: 'hello', signal: signal() });
    await becomes('llm.ready', 1000);
  });

  it('nor completes anything fails with the first real call', async () => {
    const provider = await LlmProvider.start();
    provider.behave(404);
    const { models, becomes } = watch(settingsFor(provider));
    await becomes('llm.unverified');
    await expect(models.complete({ prompt: 'hello', signal: signal() })).rejects.toBeInstanceOf(
      ProviderError,
    );
    await becomes('llm.unexpected_answer', 1000);
  });
});

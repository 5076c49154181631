import { describe, expect, it } from '@jest/globals';
import { parseSettings } from '../../../src/modules/config/parse-settings.js';
import { configureProviders, isPlaceholder } from '../../../src/modules/llm/provider.js';
import { llmOptions } from '../../../src/options/index.js';

const configure = (environment: Record<string, string>) =>
  configureProviders(llmOptions(parseSettings(environment)).providers);

describe('configured providers', () => {
  it('never send a key to the vendor that was meant for an address that is invalid', () => {
    expect(configure({ OPENAI_API_KEY: 'sk-real-1', OPENAI_BASE_URL: 'proxy.internal' })).toEqual({
      providers: [],
      misconfigured: [expect.objectContaining({ name: 'openai', code: 'llm.base_url_invalid' })],
    });
  });

  it('have the supervised app-server among them where it is used, and then last', () => {
    const PROXY_USE_APP_SERVER = 'true';
    expect(configure({ PROXY_USE_APP_SERVER, APP_SERVER_PORT: '6002' }).providers).toEqual([
      expect.objectContaining({ name: 'app-server', baseUrl: 'http://127.0.0.1:6002/v1' }),
    ]);
    const both = configure({
      PROXY_USE_APP_SERVER,
      OPENAI_API_KEY: 'sk-real-1',
      API_TOKEN: 'a-token-of-mine',
    });
    expect(both.providers.map(({ name, apiKey }) => [name, apiKey])).toEqual([
      ['openai', 'sk-real-1'],
      ['app-server', 'a-token-of-mine'],
    ]);
  });

  it('are none without settings', () => {
    expect(configure({})).toEqual({ providers: [], misconfigured: [] });
  });

  it('have the addresses of their vendors, and LiteLLM the one that is set', () => {
    const { providers } = configure({
      OPENAI_API_KEY: 'sk-real-1',
      ANTHROPIC_API_KEY: 'sk-ant-real-1',
      LITELLM_BASE_URL: 'http://litellm:4000/',
      LITELLM_MASTER_KEY: 'sk-1234',
    });
    expect(providers.map(({ name, baseUrl }) => [name, baseUrl])).toEqual([
      ['openai', 'https://api.openai.com/v1'],
      ['anthropic', 'https://api.anthropic.com/v1'],
      ['litellm', 'http://litellm:4000/v1'],
    ]);
  });

  it.each([
    ['OPENAI', 'http://h:1', 'http://h:1/v1'],
    ['OPENAI', 'http://h:1/v1/', 'http://h:1/v1'],
    ['OPENAI', 'http://h:1/openai', 'http://h:1/openai'],
    ['ANTHROPIC', 'http://h:1', 'http://h:1/v1'],
    ['ANTHROPIC', 'http://h:1/v1', 'http://h:1/v1'],
    ['ANTHROPIC', 'http://h:1/proxy/', 'http://h:1/proxy/v1'],
  ])('take %s_BASE_URL=%s as %s', (vendor, url, expected) => {
    const { providers } = configure({ [`${vendor}_API_KEY`]: 'sk-real-1', [`${vendor}_BASE_URL`]: url });
    expect(providers.map(({ baseUrl }) => baseUrl)).toEqual([expected]);
  });

  it('need a key, and a real one', () => {
    const { providers, misconfigured } = configure({
      OPENAI_BASE_URL: 'http://h:1',
      ANTHROPIC_API_KEY: 'sk-ant-xxx',
      LITELLM_BASE_URL: 'http://h:2',
    });
    expect(providers).toEqual([]);
    expect(misconfigured.map(({ name, code }) => [name, code])).toEqual([
      ['openai', 'llm.key_missing'],
      ['anthropic', 'llm.placeholder_key'],
      ['litellm', 'llm.key_missing'],
    ]);
  });

  it('do not come of a LiteLLM key without an address', () => {
    expect(configure({ LITELLM_MASTER_KEY: 'sk-1234' })).toEqual({ providers: [], misconfigured: [] });
  });
});

describe('a placeholder', () => {
  it.each([
    'sk-xxx',
    'sk-xxxxxxxxxxxxxxxx',
    'sk-ant-xxx',
    'sk-ant-api03-xxxx',
    'sk-proj-...',
    'sk-...',
    'xxx',
    'sk-0000',
    'changeme',
    'change-me',
    'CHANGE_ME',
    'please-change-this',
    'your-api-key',
    'your_openai_api_key',
    'YOUR-KEY-HERE',
    'sk-your-key-here',
    'insert-your-key',
    '<your key>',
    '<OPENAI_API_KEY>',
    '${OPENAI_API_KEY}',
    '{{key}}',
    'api-key',
    'apikey',
    'secret',
    'placeholder',
    'dummy',
    'fake-key',
    'none',
    'null',
    'undefined',
    'todo',
    'test',
    'test-key',
    'sk-test',
    'replace-me',
    'my-api-key',
    'token-goes-here',
  ])('is %s', (key) => {
    expect(isPlaceholder(key)).toBe(true);
  });

  it.each([
    'sk-1234',
    'sk-proj-9aK3xxQ1lmP7',
    'sk-ant-api03-Zk3_q9x',
    'sk-test-4f9a81c2',
    'sk-or-v1-1f2e3d',
    'gsk_A1b2C3',
    'sk-local-key-of-fixture-1',
    'sk-litellm-master-77a1',
    'AIzaSyA1b2',
    'xai-0a1b2c',
    'sk-interchange-me77',
    'sk-secretary-88f1',
  ])('is not %s', (key) => {
    expect(isPlaceholder(key)).toBe(false);
  });
});

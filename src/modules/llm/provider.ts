import type { SettingName, Settings } from '../config/index.js';

export const PROVIDERS = ['openai', 'anthropic', 'litellm', 'app-server'] as const;
export type ProviderName = (typeof PROVIDERS)[number];

/** A provider that may be asked: it has a key that is no placeholder. */
export interface Provider {
  readonly name: ProviderName;
  /** Without a slash at its end; paths such as `/models` follow it. */
  readonly baseUrl: string;
  readonly apiKey: string;
  /** Settings to name when it does not work. */
  readonly urlSetting: string;
  readonly keySetting: string;
}

/** A provider that is configured in part, or with a placeholder, and is therefore never asked. */
export interface Misconfigured {
  readonly name: ProviderName;
  readonly code: 'llm.key_missing' | 'llm.placeholder_key' | 'llm.base_url_invalid';
  readonly message: string;
}

export interface LlmConfiguration {
  readonly providers: readonly Provider[];
  readonly misconfigured: readonly Misconfigured[];
}

export type LlmSettings = Pick<
  Settings,
  | 'OPENAI_API_KEY'
  | 'OPENAI_BASE_URL'
  | 'ANTHROPIC_API_KEY'
  | 'ANTHROPIC_BASE_URL'
  | 'LITELLM_BASE_URL'
  | 'LITELLM_MASTER_KEY'
  | 'PROXY_USE_APP_SERVER'
  | 'APP_SERVER_PORT'
  | 'API_TOKEN'
>;

interface Slot {
  readonly name: ProviderName;
  readonly key: string | undefined;
  readonly url: string | undefined;
  readonly fallbackUrl?: string;
  readonly keySetting: string;
  readonly urlSetting: SettingName;
  readonly normalize: (url: string) => string;
}

/**
 * Which providers the settings name, in the order in which they are preferred. `invalid` names the settings
 * whose values were replaced by their defaults: a key that was meant for another host never goes to the vendor.
 */
export function configureProviders(
  settings: LlmSettings,
  invalid: ReadonlySet<string> = new Set(),
): LlmConfiguration {
  const slots: readonly Slot[] = [
    {
      name: 'openai',
      key: settings.OPENAI_API_KEY,
      url: settings.OPENAI_BASE_URL,
      fallbackUrl: 'https://api.openai.com/v1',
      keySetting: 'OPENAI_API_KEY',
      urlSetting: 'OPENAI_BASE_URL',
      // A base URL with a path is taken as it is, as OpenAI's own clients do.
      normalize: (url) => (new URL(url).pathname === '/' ? `${bare(url)}/v1` : bare(url)),
    },
    {
      name: 'anthropic',
      key: settings.ANTHROPIC_API_KEY,
      url: settings.ANTHROPIC_BASE_URL,
      fallbackUrl: 'https://api.anthropic.com',
      keySetting: 'ANTHROPIC_API_KEY',
      urlSetting: 'ANTHROPIC_BASE_URL',
      normalize: withVersion,
    },
    {
      name: 'litellm',
      key: settings.LITELLM_MASTER_KEY,
      url: settings.LITELLM_BASE_URL,
      keySetting: 'LITELLM_MASTER_KEY',
      urlSetting: 'LITELLM_BASE_URL',
      normalize: withVersion,
    },
    ...(settings.PROXY_USE_APP_SERVER ? [ownGateway(settings)] : []),
  ];
  const providers: Provider[] = [];
  const misconfigured: Misconfigured[] = [];
  for (const slot of slots) {
    const found = configure(slot, invalid);
    if (found === undefined) continue;
    if ('apiKey' in found) providers.push(found);
    else misconfigured.push(found);
  }
  return { providers, misconfigured };
}

/** The supervised app-server of this machine; it asks for the same token as the rest of the API, or for none. */
function ownGateway({ APP_SERVER_PORT, API_TOKEN }: LlmSettings): Slot {
  return {
    name: 'app-server',
    key: API_TOKEN ?? 'no-token-is-set',
    url: `http://127.0.0.1:${APP_SERVER_PORT}/v1`,
    keySetting: 'API_TOKEN',
    urlSetting: 'APP_SERVER_PORT',
    normalize: bare,
  };
}

function configure(slot: Slot, invalid: ReadonlySet<string>): Provider | Misconfigured | undefined {
  const { name, key, keySetting, urlSetting } = slot;
  if (slot.url === undefined && invalid.has(urlSetting)) {
    return { name, code: 'llm.base_url_invalid', message: `${urlSetting} is no http or https URL; mend it` };
  }
  const url = slot.url ?? slot.fallbackUrl;
  if (key === undefined) {
    if (slot.url === undefined) return undefined;
    return {
      name,
      code: 'llm.key_missing',
      message: `${urlSetting} is set but ${keySetting} is not; set it`,
    };
  }
  // LiteLLM has no address of its own, so a key alone names no provider.
  if (url === undefined) return undefined;
  if (isPlaceholder(key)) {
    const message = `${keySetting} is a placeholder; set the real key`;
    return { name, code: 'llm.placeholder_key', message };
  }
  return { name, baseUrl: slot.normalize(url), apiKey: key, keySetting, urlSetting };
}

const bare = (url: string) => url.replace(/\/+$/, '');
const withVersion = (url: string) => (bare(url).endsWith('/v1') ? bare(url) : `${bare(url)}/v1`);

const PLACEHOLDERS: readonly RegExp[] = [
  // Prefixes of real keys with nothing behind them but filler: sk-xxx, sk-ant-..., sk-proj-0000.
  /^(sk|pk|key)?([-_](ant|proj|api\d*|or|test|live))*[-_]?([x.*0]{2,}|\.\.\.)$/i,
  /^<.*>$/,
  /^\$?\{.*\}$/,
  /(^|[-_ ])(your|my|insert|replace|enter|add|put)[-_ ]?(openai|anthropic|litellm|own|real|actual|secret|master|the)?[-_ ]?(api[-_ ]?)?(key|token|secret|me|here)/i,
  /(^|[-_ ])change[-_ ]?(me|this|it)([-_ ]|$)/i,
  /^(sk[-_])?(api[-_]?key|key|token|secret|password|placeholder|dummy|fake|none|null|undefined|todo|tbd|example|test|xxx+)([-_](key|here|me))?$/i,
  /(api[-_]?key|token|key)[-_ ]?(goes[-_ ]?)?here$/i,
];

/** Whether a key is one of those that examples are written with, and that no vendor ever issues. */
export function isPlaceholder(key: string): boolean {
  return PLACEHOLDERS.some((pattern) => pattern.test(key.trim()));
}

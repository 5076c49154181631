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

/** What is known of one that may be used. */
export interface ProviderOptions {
  readonly name: ProviderName;
  readonly key: string | undefined;
  /** Undefined for the vendor's own, where it has one. */
  readonly url: string | undefined;
  /** There was one that cannot be used: a key that was meant for another host never goes to the vendor. */
  readonly urlInvalid: boolean;
  /** What the deployment calls the two. */
  readonly keySetting: string;
  readonly urlSetting: string;
}

interface Vendor {
  readonly url?: string;
  readonly normalize: (url: string) => string;
}

const bare = (url: string) => url.replace(/\/+$/, '');
const withVersion = (url: string) => (bare(url).endsWith('/v1') ? bare(url) : `${bare(url)}/v1`);

/** LiteLLM has no address of its own, so a key alone names no provider. */
const VENDORS: Readonly<Record<ProviderName, Vendor>> = {
  openai: {
    url: 'https://api.openai.com/v1',
    // A base URL with a path is taken as it is, as OpenAI's own clients do.
    normalize: (url) => (new URL(url).pathname === '/' ? `${bare(url)}/v1` : bare(url)),
  },
  anthropic: { url: 'https://api.anthropic.com', normalize: withVersion },
  litellm: { normalize: withVersion },
  'app-server': { normalize: bare },
};

/** Which providers can be asked, and which cannot though they are named, both in the order of their options. */
export function configureProviders(options: readonly ProviderOptions[]): LlmConfiguration {
  const providers: Provider[] = [];
  const misconfigured: Misconfigured[] = [];
  for (const each of options) {
    const found = configure(each);
    if (found === undefined) continue;
    if ('apiKey' in found) providers.push(found);
    else misconfigured.push(found);
  }
  return { providers, misconfigured };
}

function configure(options: ProviderOptions): Provider | Misconfigured | undefined {
  const { name, key, keySetting, urlSetting } = options;
  const vendor = VENDORS[name];
  if (options.url === undefined && options.urlInvalid) {
    return { name, code: 'llm.base_url_invalid', message: `${urlSetting} is no http or https URL; mend it` };
  }
  if (key === undefined) {
    if (options.url === undefined) return undefined;
    return {
      name,
      code: 'llm.key_missing',
      message: `${urlSetting} is set but ${keySetting} is not; set it`,
    };
  }
  const url = options.url ?? vendor.url;
  if (url === undefined) return undefined;
  if (isPlaceholder(key)) {
    const message = `${keySetting} is a placeholder; set the real key`;
    return { name, code: 'llm.placeholder_key', message };
  }
  return { name, baseUrl: vendor.normalize(url), apiKey: key, keySetting, urlSetting };
}

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

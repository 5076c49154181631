import type { AppServerOptions } from '../modules/app-server/index.js';
import {
  DATABASE_URL_SHAPE,
  WORDS_OF_ROOMS as WORDS,
  type Configuration,
  type SettingName,
  type Settings,
} from '../modules/config/index.js';
import type { DatabaseOptions } from '../modules/database/index.js';
import type { EnvironmentOptions } from '../modules/environment/index.js';
import type { ExecutionsOptions } from '../modules/executions/index.js';
import type { HeartbeatOptions } from '../modules/heartbeat/index.js';
import type { LlmOptions, ProviderName, ProviderOptions } from '../modules/llm/index.js';
import type { QueueOptions } from '../modules/queue/index.js';
import { redisTarget } from './redis-target.js';

/** What each room is told of the settings, in its own words. Only here and in `config` the two meet. */

/** In QUEUE_NAMES: every queue that is found. */
const FOUND = '*';

/** As it is set, by the words of the room. */
function told<Words extends Readonly<Record<string, SettingName>>>(settings: Settings, words: Words) {
  const entries = Object.entries(words).map(([word, name]) => [word, settings[name]]);
  return Object.fromEntries(entries) as { readonly [Word in keyof Words]: Settings[Words[Word]] };
}

export const databaseOptions = ({ settings, problems }: Configuration): DatabaseOptions => ({
  url: settings.DATABASE_URL,
  whyNot:
    problems.find(({ name }) => name === 'DATABASE_URL')?.message ??
    `DATABASE_URL is not set; set it to ${DATABASE_URL_SHAPE}`,
  tables: 'needed',
});

export const queueOptions = ({ settings, queueProblems }: Configuration): QueueOptions => ({
  ...told(settings, WORDS.queue),
  names: settings.QUEUE_NAMES.filter((name) => name !== FOUND),
  redis: redisTarget(settings),
  reconciles: true,
  problems: queueProblems,
});

/** Of what puts jobs in and takes them out: queues that are only to be found are none of ours. */
export function workOptions(configuration: Configuration): QueueOptions {
  const options = queueOptions(configuration);
  if (options.names.length > 0 || options.driver !== 'bullmq') return options;
  const message =
    'QUEUE_NAMES names no queue, so that nothing is put into any; name that of executions too, as in execution,*';
  return { ...options, driver: 'unusable', problems: [{ name: 'QUEUE_NAMES', message }] };
}

/** `parts`: what of heartbeats the process has, whatever the settings say. */
export const heartbeatOptions = (
  { settings }: Configuration,
  parts: Pick<HeartbeatOptions, 'watch' | 'publish'>,
): HeartbeatOptions => ({
  ...parts,
  ...told(settings, WORDS.heartbeat),
  discovers: settings.QUEUE_NAMES.includes(FOUND),
});

export const executionsOptions = ({ settings }: Configuration): ExecutionsOptions => ({
  ...told(settings, WORDS.executions),
  publicOnly: settings.production,
});

export const appServerOptions = ({ settings, environment }: Configuration): AppServerOptions => ({
  ...told(settings, WORDS.appServer),
  declared: settings.DECLARED_DEPENDENCIES.includes('app-server'),
  child: { settings, environment },
  gateway: { ...told(settings, WORDS.gateway), production: settings.production },
  redis: settings.QUEUE_DRIVER === 'bullmq' ? redisTarget(settings) : null,
});

export function llmOptions({ settings, problems }: Configuration): LlmOptions {
  const invalid = (setting: SettingName) =>
    problems.some(({ name, kind }) => name === setting && kind === 'invalid');
  const provider = (
    name: ProviderName,
    keySetting: 'OPENAI_API_KEY' | 'ANTHROPIC_API_KEY' | 'LITELLM_MASTER_KEY',
    urlSetting: 'OPENAI_BASE_URL' | 'ANTHROPIC_BASE_URL' | 'LITELLM_BASE_URL',
  ): ProviderOptions => ({
    name,
    key: settings[keySetting],
    url: settings[urlSetting],
    urlInvalid: invalid(urlSetting),
    keySetting,
    urlSetting,
  });
  /** The supervised app-server of this machine; it asks for the same token as the rest of the API, or for none. */
  const ownGateway: ProviderOptions = {
    name: 'app-server',
    key: settings.API_TOKEN ?? 'no-token-is-set',
    url: `http://127.0.0.1:${settings.APP_SERVER_PORT}/v1`,
    urlInvalid: false,
    keySetting: 'API_TOKEN',
    urlSetting: 'APP_SERVER_PORT',
  };
  return {
    providers: [
      provider('openai', 'OPENAI_API_KEY', 'OPENAI_BASE_URL'),
      provider('anthropic', 'ANTHROPIC_API_KEY', 'ANTHROPIC_BASE_URL'),
      provider('litellm', 'LITELLM_MASTER_KEY', 'LITELLM_BASE_URL'),
      ...(settings.PROXY_USE_APP_SERVER ? [ownGateway] : []),
    ],
  };
}

export const environmentOptions = ({ settings, problems }: Configuration): EnvironmentOptions => ({
  problems,
  ...told(settings, WORDS.environment),
  production: settings.production,
  opsTokenSet: settings.OPS_TOKEN !== undefined,
  apiTokenSet: settings.API_TOKEN !== undefined,
});

import type { AppServerOptions } from '../modules/app-server/index.js';
import { DATABASE_URL_SHAPE, type Configuration, type SettingName } from '../modules/config/index.js';
import type { DatabaseOptions } from '../modules/database/index.js';
import type { EnvironmentOptions } from '../modules/environment/index.js';
import type { ExecutionsOptions } from '../modules/executions/index.js';
import type { HeartbeatOptions } from '../modules/heartbeat/index.js';
import type { LlmOptions, ProviderName, ProviderOptions } from '../modules/llm/index.js';
import type { QueueOptions } from '../modules/queue/index.js';
import { redisTarget } from './redis-target.js';

/** What each room is told of the settings, in its own words: the only place where the two meet. */

export const databaseOptions = ({ settings, problems }: Configuration): DatabaseOptions => ({
  url: settings.DATABASE_URL,
  whyNot:
    problems.find(({ name }) => name === 'DATABASE_URL')?.message ??
    `DATABASE_URL is not set; set it to ${DATABASE_URL_SHAPE}`,
});

export const queueOptions = ({ settings, queueProblems }: Configuration): QueueOptions => ({
  driver: settings.QUEUE_DRIVER,
  names: settings.QUEUE_NAMES,
  prefix: settings.QUEUE_PREFIX,
  redis: redisTarget(settings),
  problems: queueProblems,
});

/** `parts`: what of heartbeats the process has, whatever the settings say. */
export const heartbeatOptions = (
  { settings }: Configuration,
  parts: Pick<HeartbeatOptions, 'watch' | 'publish'>,
): HeartbeatOptions => ({
  ...parts,
  workerId: settings.WORKER_ID,
  inlineWorker: settings.ENABLE_INLINE_WORKER,
  intervalMs: settings.WORKER_HEARTBEAT_INTERVAL_MS,
  timeoutMs: settings.WORKER_HEARTBEAT_TIMEOUT_MS,
  wedgedAfterMs: settings.QUEUE_WEDGED_AFTER_MS,
  backlogWarn: settings.QUEUE_BACKLOG_WARN,
  maxWaitMs: settings.QUEUE_MAX_WAIT_MS,
  jobStuckAfterMs: settings.JOB_STUCK_AFTER_MS,
  workersMin: settings.WORKERS_MIN,
  canaryIntervalMs: settings.CANARY_INTERVAL_MS,
});

export const executionsOptions = ({ settings }: Configuration): ExecutionsOptions => ({
  concurrency: settings.WORKER_CONCURRENCY,
  workerId: settings.WORKER_ID,
  maxWaitMs: settings.QUEUE_MAX_WAIT_MS,
  stuckAfterMs: settings.JOB_STUCK_AFTER_MS,
  publicOnly: settings.production,
  allowedHosts: settings.HTTP_STEP_ALLOW_HOSTS,
});

export const appServerOptions = ({ settings, environment }: Configuration): AppServerOptions => ({
  declared: settings.DECLARED_DEPENDENCIES.includes('app-server'),
  enabled: settings.PROXY_USE_APP_SERVER,
  child: { settings, environment },
  gateway: {
    apiToken: settings.API_TOKEN,
    production: settings.production,
    maxConcurrency: settings.WORKER_MAX_CONCURRENCY,
    requestTimeoutMs: settings.WORKER_REQUEST_TIMEOUT_MS,
    shutdownGraceMs: settings.WORKER_SHUTDOWN_GRACE_MS,
    model: settings.APP_SERVER_MODEL,
    sandbox: settings.APP_SERVER_SANDBOX,
    logRequests: settings.APP_SERVER_LOG_REQUESTS,
  },
  redis: settings.QUEUE_DRIVER === 'bullmq' ? redisTarget(settings) : null,
  prefix: settings.QUEUE_PREFIX,
  workerId: settings.WORKER_ID,
  port: settings.APP_SERVER_PORT,
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
  nodeEnv: settings.NODE_ENV,
  production: settings.production,
  opsTokenSet: settings.OPS_TOKEN !== undefined,
  apiTokenSet: settings.API_TOKEN !== undefined,
  declared: settings.DECLARED_DEPENDENCIES,
  evmRpcUrl: settings.EVM_RPC_URL,
});

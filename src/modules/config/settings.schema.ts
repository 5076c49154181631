import { isIP } from 'node:net';
import { z } from 'zod';
import { host, redisUrl } from './address.schema.js';
import { splitHostAndPort } from './redis-url.js';
import { readDatabaseAddress } from './database-address.policy.js';

/**
 * Every setting that Probity reads, with its default. The keys are the names of the environment variables;
 * `.env.example` is held to this table by a test. Every field accepts `undefined`, so that a default (or
 * absence) always stands in for an invalid value: a bad setting is reported, it never stops the boot. Values come
 * trimmed, whatever their kind.
 */
const text = () => z.string().trim().min(1).optional();
const integer = (min: number, max: number) =>
  z
    .string()
    .trim()
    .regex(/^-?\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(min, `must be at least ${min}`).max(max, `must be at most ${max}`));
const port = (fallback: number) => integer(1, 65_535).default(fallback);
const milliseconds = (fallback: number, min = 1) => integer(min, 86_400_000).default(fallback);
const flag = () =>
  z
    .string()
    .toLowerCase()
    .pipe(z.enum(['true', 'false', '1', '0'], 'must be true or false'))
    .transform((value) => value === 'true' || value === '1')
    .default(false);
const word = <const Word extends string>(words: readonly Word[]) =>
  z
    .string()
    .toLowerCase()
    .pipe(z.enum(words, `must be ${words.slice(0, -1).join(', ')} or ${words.at(-1)}`));
const list = () =>
  z.string().transform((value) =>
    value
      .split(',')
      .map((part) => part.trim())
      .filter((part) => part !== ''),
  );
const names = (fallback: string[]) =>
  list()
    .pipe(
      z
        .array(
          z
            .string()
            .regex(
              /^([A-Za-z0-9_.-]+|\*)$/,
              'must be names of letters, digits, _ . -, and * for every other queue that is found',
            ),
        )
        .min(1),
    )
    .default(fallback);
const url = (...protocols: string[]) =>
  z
    .string()
    .trim()
    .refine(
      (value) => URL.canParse(value) && protocols.includes(new URL(value).protocol.slice(0, -1)),
      `must be a URL that starts with ${protocols.map((protocol) => `${protocol}://`).join(' or ')}`,
    )
    .optional();

const databaseUrl = () =>
  z
    .string()
    .trim()
    .superRefine((value, context) => {
      const read = readDatabaseAddress(value);
      if (read.kind === 'unusable') context.addIssue({ code: 'custom', message: read.why });
    })
    .optional();

export const DEPENDENCIES = ['evm-rpc', 'app-server', 'fleet'] as const;

export const settingsShape = {
  NODE_ENV: text(),
  HOST: z
    .string()
    .trim()
    .refine((value) => value === 'localhost' || isIP(value) !== 0, 'must be an IP address or localhost')
    .optional(),
  PORT: port(5000),
  WORKER_PORT: port(5001),
  APP_SERVER_PORT: port(5002),
  AGENT_PORT: port(5003),
  LOG_LEVEL: word(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),

  OPS_TOKEN: text(),
  API_TOKEN: text(),
  AUTH_SECRET: text(),

  DATABASE_URL: databaseUrl(),

  REDIS_URL: redisUrl(),
  QUEUE_REDIS_HOST: host('127.0.0.1'),
  QUEUE_REDIS_PORT: port(6379),
  QUEUE_REDIS_DB: integer(0, 1023).default(0),
  QUEUE_REDIS_USERNAME: text(),
  QUEUE_REDIS_PASSWORD: text(),
  QUEUE_REDIS_TLS: flag(),
  QUEUE_REDIS_SENTINELS: list()
    .refine(
      (nodes) => nodes.length > 0 && nodes.every((node) => splitHostAndPort(node) !== undefined),
      'must be host:port, separated by commas, with IPv6 in brackets',
    )
    .optional(),
  QUEUE_REDIS_SENTINEL_NAME: text(),
  QUEUE_REDIS_SENTINEL_USERNAME: text(),
  QUEUE_REDIS_SENTINEL_PASSWORD: text(),
  QUEUE_REDIS_CLUSTER: z
    .string()
    .refine(() => false, 'must not be set: a Redis Cluster is not supported by this version')
    .optional(),
  QUEUE_DRIVER: word(['bullmq', 'inmemory']).default('bullmq'),
  QUEUE_PREFIX: z
    .string()
    .regex(/^[^\s\p{Cc}"'`]+$/u, 'must be a word without blanks and quotes')
    .default('bull'),
  QUEUE_NAMES: names(['execution']),

  WORKERS_MIN: integer(0, 1000).default(1),
  WORKER_ID: text(),
  WORKER_CONCURRENCY: integer(1, 1000).default(4),
  WORKER_HEARTBEAT_INTERVAL_MS: milliseconds(2_000, 50),
  WORKER_HEARTBEAT_TIMEOUT_MS: milliseconds(30_000, 100),
  QUEUE_WEDGED_AFTER_MS: milliseconds(30_000, 100),
  QUEUE_BACKLOG_WARN: integer(1, 1_000_000_000).default(1000),
  QUEUE_MAX_WAIT_MS: milliseconds(60_000),
  JOB_STUCK_AFTER_MS: milliseconds(900_000),
  CANARY_INTERVAL_MS: milliseconds(60_000, 100),
  ENABLE_INLINE_WORKER: flag(),

  OPENAI_API_KEY: text(),
  OPENAI_BASE_URL: url('http', 'https'),
  ANTHROPIC_API_KEY: text(),
  ANTHROPIC_BASE_URL: url('http', 'https'),
  LITELLM_BASE_URL: url('http', 'https'),
  LITELLM_MASTER_KEY: text(),

  HTTP_STEP_ALLOW_HOSTS: list().default([]),
  DECLARED_DEPENDENCIES: list()
    .pipe(z.array(z.enum(DEPENDENCIES, `must be names among ${DEPENDENCIES.join(', ')}`)))
    .default([]),
  EVM_RPC_URL: url('http', 'https'),

  PROXY_USE_APP_SERVER: flag(),
  APP_SERVER_COMMAND: z.string().trim().min(1).default('codex app-server'),
  APP_SERVER_MODEL: text(),
  APP_SERVER_PROVIDER: text(),
  APP_SERVER_SANDBOX: z
    .enum(
      ['read-only', 'workspace-write', 'danger-full-access'],
      'must be read-only, workspace-write or danger-full-access',
    )
    .default('read-only'),
  APP_SERVER_LOG_REQUESTS: flag(),
  CODEX_HOME: text(),
  WORKER_BACKOFF_INITIAL_MS: milliseconds(500),
  WORKER_BACKOFF_MAX_MS: milliseconds(5_000),
  WORKER_RESTART_MAX: integer(0, 1_000_000).default(25),
  WORKER_RESTART_WINDOW_MS: milliseconds(600_000),
  WORKER_PROBE_INTERVAL_MS: milliseconds(2_000, 50),
  WORKER_PROBE_TIMEOUT_MS: milliseconds(2_000, 50),
  WORKER_PROBE_FAILURE_THRESHOLD: integer(1, 1000).default(1),
  WORKER_STARTUP_TIMEOUT_MS: milliseconds(8_000, 100),
  WORKER_HANDSHAKE_TIMEOUT_MS: milliseconds(5_000, 100),
  WORKER_SHUTDOWN_GRACE_MS: milliseconds(5_000, 0),
  WORKER_MAX_CONCURRENCY: integer(1, 1000).default(4),
  WORKER_REQUEST_TIMEOUT_MS: milliseconds(120_000, 100),

  SHUTDOWN_GRACE_MS: milliseconds(10_000, 0),
  DRAIN_DELAY_MS: integer(0, 600_000).optional(),
} as const;

export type SettingName = keyof typeof settingsShape;

/** What rooms are told as it is set, each by its own word for it; `src/options` adds what has to be made of several. */
export const WORDS_OF_ROOMS = {
  queue: { driver: 'QUEUE_DRIVER', names: 'QUEUE_NAMES', prefix: 'QUEUE_PREFIX' },
  heartbeat: {
    workerId: 'WORKER_ID',
    inlineWorker: 'ENABLE_INLINE_WORKER',
    intervalMs: 'WORKER_HEARTBEAT_INTERVAL_MS',
    timeoutMs: 'WORKER_HEARTBEAT_TIMEOUT_MS',
    wedgedAfterMs: 'QUEUE_WEDGED_AFTER_MS',
    backlogWarn: 'QUEUE_BACKLOG_WARN',
    maxWaitMs: 'QUEUE_MAX_WAIT_MS',
    jobStuckAfterMs: 'JOB_STUCK_AFTER_MS',
    workersMin: 'WORKERS_MIN',
    canaryIntervalMs: 'CANARY_INTERVAL_MS',
  },
  executions: {
    concurrency: 'WORKER_CONCURRENCY',
    workerId: 'WORKER_ID',
    maxWaitMs: 'QUEUE_MAX_WAIT_MS',
    stuckAfterMs: 'JOB_STUCK_AFTER_MS',
    allowedHosts: 'HTTP_STEP_ALLOW_HOSTS',
  },
  appServer: {
    enabled: 'PROXY_USE_APP_SERVER',
    prefix: 'QUEUE_PREFIX',
    workerId: 'WORKER_ID',
    port: 'APP_SERVER_PORT',
  },
  gateway: {
    apiToken: 'API_TOKEN',
    maxConcurrency: 'WORKER_MAX_CONCURRENCY',
    requestTimeoutMs: 'WORKER_REQUEST_TIMEOUT_MS',
    shutdownGraceMs: 'WORKER_SHUTDOWN_GRACE_MS',
    model: 'APP_SERVER_MODEL',
    sandbox: 'APP_SERVER_SANDBOX',
    logRequests: 'APP_SERVER_LOG_REQUESTS',
  },
  environment: { nodeEnv: 'NODE_ENV', declared: 'DECLARED_DEPENDENCIES', evmRpcUrl: 'EVM_RPC_URL' },
} as const satisfies Readonly<Record<string, Readonly<Record<string, SettingName>>>>;

/** Settings whose whole value is a secret. URLs are secret by their credentials only (see `secretsOf`). */
export const SECRET_SETTINGS = [
  'OPS_TOKEN',
  'API_TOKEN',
  'AUTH_SECRET',
  'QUEUE_REDIS_PASSWORD',
  'QUEUE_REDIS_SENTINEL_PASSWORD',
  'OPENAI_API_KEY',
  'ANTHROPIC_API_KEY',
  'LITELLM_MASTER_KEY',
] as const satisfies readonly SettingName[];

/** Names of the environment that are taken out of it once it was read. */
export const SECRET_NAMES: ReadonlySet<string> = new Set([
  ...SECRET_SETTINGS,
  'DATABASE_URL',
  'REDIS_URL',
  'EVM_RPC_URL',
  'PGPASSWORD',
]);

export type ParsedSettings = { readonly [Name in SettingName]: z.output<(typeof settingsShape)[Name]> };

import { randomUUID } from 'node:crypto';
import {
  parseSettings,
  readDatabaseAddress,
  type Configuration,
  type Environment,
} from '../modules/config/index.js';
import { isHiddenAlone, passwordsIn } from '../modules/kernel/index.js';
import type { RedisTarget } from '../modules/redis/index.js';
import { heartbeatOptions, queueOptions } from '../options/index.js';
import type { Plan } from './plan.js';
import { probeTable } from './probe-table.js';
import {
  ProbityOptionsError,
  refuseUnknown,
  type ProbityLimits,
  type ProbityOptions,
} from './probity.options.js';
import { targetOf } from './redis-target.js';

/** What an option stands for in the environment, where it is not given. */
const SETTINGS =
  /^(NODE_ENV|REDIS_URL|QUEUE_(REDIS_\w+|WEDGED_AFTER_MS|BACKLOG_WARN|MAX_WAIT_MS)|WORKERS_MIN|WORKER_(ID|HEARTBEAT_\w+)|JOB_STUCK_AFTER_MS|CANARY_INTERVAL_MS|OPS_TOKEN)$/;

const OPTIONS: readonly string[] = [
  'redis',
  'queues',
  'prefix',
  'database',
  'checks',
  'paths',
  'details',
  'instrument',
  'metrics',
  'limits',
  'name',
  'version',
] satisfies (keyof ProbityOptions)[];

/**
 * What the options come to, and where they say nothing, the environment, of which nothing is changed. Throws
 * `ProbityOptionsError`, which names the option and its mend.
 */
export function readOptions(options: ProbityOptions, environment: Environment): Plan {
  refuseUnknown(options, OPTIONS);
  const {
    queues: listed = list(environment['QUEUE_NAMES']),
    prefix = environment['QUEUE_PREFIX'] ?? 'bull',
  } = options;
  if (!Array.isArray(listed) || listed.length === 0 || listed.some((name) => !isQueueName(name)))
    throw new ProbityOptionsError(
      'queues',
      "must be names of BullMQ queues without a colon, such as ['mail'], and '*' for every other one that is found",
    );
  if (new Set(listed).size < listed.length) throw new ProbityOptionsError('queues', 'names a queue twice');
  const names = (listed as readonly string[]).filter((name) => name !== FOUND);
  if (typeof prefix !== 'string' || !/^\S+$/.test(prefix))
    throw new ProbityOptionsError('prefix', 'must be what the keys of BullMQ begin with, such as bull');
  const configuration = parseSettings(
    Object.fromEntries(Object.entries(environment).filter(([name]) => SETTINGS.test(name))),
  );
  if (options.instrument !== undefined && options.instrument !== 'all')
    throw new ProbityOptionsError('instrument', "must be 'all', or left away");
  const redis = options.redis === undefined ? fromSettings(configuration) : targetOf(options.redis);
  const database = databaseOf(options.database);
  const opsToken = audienceOf(options.details, configuration);
  return {
    service: {
      name: options.name ?? 'app',
      version: options.version ?? environment['npm_package_version'] ?? 'unknown',
      environment: configuration.settings.NODE_ENV ?? 'unset',
      instanceId: randomUUID(),
      startedAt: Math.round(Date.now() - process.uptime() * 1000),
    },
    queues: { driver: 'bullmq', names, prefix, redis, problems: [], reconciles: false },
    heartbeat: {
      // A process that takes requests and jobs stays ready when its workers are not: the queue keeps what it has.
      ...heartbeatOptions(configuration, { watch: true, publish: options.instrument === 'all' }),
      discovers: names.length < listed.length,
      inlineWorker: options.instrument === 'all',
      ...limitsOf(options.limits),
    },
    database,
    opsToken,
    probes: probeTable(options.paths),
    secrets: secretsOf(redis, database?.url, opsToken),
    warnings: configuration.problems.filter(({ kind }) => kind === 'invalid').map(({ message }) => message),
  };
}

const FOUND = '*';

const list = (text: string | undefined) => text?.split(',').map((name) => name.trim());

const isQueueName = (name: unknown) =>
  typeof name === 'string' && (name === FOUND || /^[^:\s,*]+$/.test(name));

function fromSettings(configuration: Configuration): RedisTarget {
  const { redis, problems } = queueOptions(configuration);
  const named = ['REDIS_URL', 'QUEUE_REDIS_HOST', 'QUEUE_REDIS_SENTINELS'];
  if (problems[0] !== undefined)
    throw new ProbityOptionsError('redis', `is not given, and ${problems[0].message}`);
  if (redis === null || !named.some((name) => configuration.environment[name]))
    throw new ProbityOptionsError('redis', 'is not given, and neither is REDIS_URL: where are the queues?');
  return redis;
}

function databaseOf(option: ProbityOptions['database']): Plan['database'] {
  if (option === undefined) return null;
  const { url, memory = true } = typeof option === 'string' ? { url: option } : option;
  const read = readDatabaseAddress(String(url));
  if (read.kind === 'unusable') throw new ProbityOptionsError('database', read.why);
  return { url, whyNot: '', tables: memory ? 'wanted' : 'none' };
}

/** As in `Plan.opsToken`. */
function audienceOf(
  option: ProbityOptions['details'],
  { settings }: Configuration,
): string | null | undefined {
  if (option === undefined) return settings.OPS_TOKEN ?? (settings.production ? null : undefined);
  if (option === 'open') return undefined;
  if (option === 'never') return null;
  if (typeof option === 'object' && typeof option.bearer === 'string' && option.bearer !== '')
    return option.bearer;
  throw new ProbityOptionsError(
    'details',
    "must be 'open', 'never' or { bearer: a token that is not empty }",
  );
}

const LIMITS = {
  heartbeatTimeoutMs: 'timeoutMs',
  wedgedAfterMs: 'wedgedAfterMs',
  backlogWarn: 'backlogWarn',
  maxWaitMs: 'maxWaitMs',
  jobStuckAfterMs: 'jobStuckAfterMs',
  workersMin: 'workersMin',
} as const satisfies Record<keyof ProbityLimits, string>;

function limitsOf(limits: ProbityLimits = {}): Partial<Record<(typeof LIMITS)[keyof ProbityLimits], number>> {
  refuseUnknown(limits, Object.keys(LIMITS), 'limits');
  return Object.fromEntries(
    Object.entries(limits).map(([name, value]) => {
      if (typeof value !== 'number' || !Number.isInteger(value) || value < (name === 'workersMin' ? 0 : 1))
        throw new ProbityOptionsError(`limits.${name}`, 'must be a whole number above 0');
      return [LIMITS[name as keyof ProbityLimits], value];
    }),
  );
}

function secretsOf(
  redis: RedisTarget,
  url: string | undefined,
  token: string | null | undefined,
): readonly string[] {
  const all = [
    redis.password,
    redis.sentinel?.password,
    token,
    ...(url === undefined ? [] : passwordsIn(url)),
  ];
  return all.filter((each) => typeof each === 'string').filter(isHiddenAlone);
}

import type { AppServerOptions } from '../modules/app-server/index.js';
import { DATABASE_URL_SHAPE, type Configuration } from '../modules/config/index.js';
import type { DatabaseOptions } from '../modules/database/index.js';
import type { ExecutionsOptions } from '../modules/executions/index.js';
import type { HeartbeatOptions } from '../modules/heartbeat/index.js';
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

export const appServerOptions = ({ settings }: Configuration): AppServerOptions => ({
  declared: settings.DECLARED_DEPENDENCIES.includes('app-server'),
  redis: settings.QUEUE_DRIVER === 'bullmq' ? redisTarget(settings) : null,
  prefix: settings.QUEUE_PREFIX,
  workerId: settings.WORKER_ID,
  port: settings.APP_SERVER_PORT,
});

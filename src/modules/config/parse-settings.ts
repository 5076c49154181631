import { isQuoted, QUOTES_KEPT } from './redis-url.js';
import type { Configuration, Environment, SettingProblem, Settings } from './configuration.js';
import { secretsOf } from './secrets-of.js';
import { settingsShape, type ParsedSettings, type SettingName } from './settings.schema.js';
import { unusableQueue, type IsSet } from './unusable-queue.policy.js';
import { isGuessable, weakTokens } from './weak-secret.policy.js';

/**
 * Parses the environment. Never throws: an invalid value is replaced by its default and reported by name; one that
 * says where the queue is makes the queue unusable instead. `fileProblem` says what is wrong with the `.env`.
 */
export function parseSettings(raw: Environment, fileProblem?: string): Configuration {
  const environment = withoutByteOrderMark(raw);
  // `NAME=` in a file means the same as leaving it out; the line ends of Windows are no part of a value.
  const valueOf = (name: string) => environment[name]?.trim() || undefined;
  const isSet = (name: SettingName) => valueOf(name) !== undefined;
  const problems: SettingProblem[] = [];
  if (fileProblem !== undefined) problems.push({ name: '.env', kind: 'invalid', message: fileProblem });
  const parsed: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(settingsShape)) {
    const value = valueOf(name);
    const result = schema.safeParse(value);
    parsed[name] = result.success ? result.data : schema.parse(undefined);
    if (!result.success) {
      const why = sentence(result.error.issues[0]?.message ?? 'it cannot be read');
      const hint = isQuoted(value ?? '') && why !== QUOTES_KEPT ? `, and ${QUOTES_KEPT}` : '';
      problems.push({ name: name as SettingName, kind: 'invalid', message: `${name} ${why}${hint}` });
    }
  }
  const fields = parsed as ParsedSettings;
  problems.push(...problemsAcross(fields, isSet));
  const inMemory = fields.QUEUE_DRIVER === 'inmemory';
  const queueProblems = inMemory ? [] : unusableQueue(problems, isSet);
  const development = fields.NODE_ENV === 'development' || fields.NODE_ENV === 'test';
  const settings: Settings = Object.freeze({
    ...fields,
    QUEUE_DRIVER: queueProblems.length > 0 ? 'unusable' : fields.QUEUE_DRIVER,
    production: !development,
    host: fields.HOST ?? (development ? '127.0.0.1' : '::'),
    drainDelayMs: fields.DRAIN_DELAY_MS ?? (development ? 0 : 5000),
  });
  return Object.freeze({
    settings,
    problems: Object.freeze(problems),
    queueProblems,
    secrets: secretsOf(environment),
    environment: Object.freeze({ ...environment }),
  });
}

const sentence = (why: string) => (why.startsWith('must') ? why : `is invalid: ${why}`);

/** Editors of Windows begin a file with a mark that then begins the first name. */
function withoutByteOrderMark(environment: Environment): Environment {
  const marked = Object.keys(environment).filter((name) => name.startsWith('\uFEFF'));
  if (marked.length === 0) return environment;
  return {
    ...Object.fromEntries(marked.map((name) => [name.slice(1), environment[name]])),
    ...environment,
  };
}

function problemsAcross(settings: ParsedSettings, isSet: IsSet): SettingProblem[] {
  const problems: SettingProblem[] = [];
  const missing = (name: SettingName, message: string) => problems.push({ name, kind: 'missing', message });
  if (settings.AUTH_SECRET === undefined) {
    missing('AUTH_SECRET', 'AUTH_SECRET is not set; set it to at least 16 random characters');
  } else if (isGuessable(settings.AUTH_SECRET)) {
    problems.push({
      name: 'AUTH_SECRET',
      kind: 'weak',
      message:
        'AUTH_SECRET is a placeholder or shorter than 16 characters; use at least 16 random characters',
    });
  }
  if (settings.LITELLM_BASE_URL !== undefined && settings.LITELLM_MASTER_KEY === undefined) {
    missing('LITELLM_MASTER_KEY', 'LITELLM_MASTER_KEY is not set; LITELLM_BASE_URL needs it');
  }
  problems.push(...weakTokens(settings));
  if (settings.QUEUE_REDIS_SENTINELS !== undefined && settings.QUEUE_REDIS_SENTINEL_NAME === undefined) {
    missing(
      'QUEUE_REDIS_SENTINEL_NAME',
      'QUEUE_REDIS_SENTINEL_NAME is not set; QUEUE_REDIS_SENTINELS needs it',
    );
  }
  const forSentinels = (['NAME', 'USERNAME', 'PASSWORD'] as const)
    .map((each) => `QUEUE_REDIS_SENTINEL_${each}` as const)
    .find((name) => settings[name] !== undefined);
  if (forSentinels !== undefined && !isSet('QUEUE_REDIS_SENTINELS')) {
    missing('QUEUE_REDIS_SENTINELS', `QUEUE_REDIS_SENTINELS is not set; ${forSentinels} needs it`);
  }
  if (settings.DECLARED_DEPENDENCIES.includes('evm-rpc') && settings.EVM_RPC_URL === undefined) {
    missing('EVM_RPC_URL', 'EVM_RPC_URL is not set; DECLARED_DEPENDENCIES names evm-rpc');
  }
  if (settings.WORKER_HEARTBEAT_TIMEOUT_MS < 2 * settings.WORKER_HEARTBEAT_INTERVAL_MS) {
    problems.push({
      name: 'WORKER_HEARTBEAT_TIMEOUT_MS',
      kind: 'invalid',
      message:
        'WORKER_HEARTBEAT_TIMEOUT_MS must be at least twice WORKER_HEARTBEAT_INTERVAL_MS, or healthy workers look dead',
    });
  }
  return problems;
}

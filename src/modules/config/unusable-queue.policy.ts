import type { SettingProblem } from './configuration.js';
import type { SettingName } from './settings.schema.js';

/** What of the settings of the queue is set at all, blanks left out. */
export type IsSet = (name: SettingName) => boolean;

const ONE_SERVER = [
  'QUEUE_REDIS_HOST',
  'QUEUE_REDIS_PORT',
  'QUEUE_REDIS_DB',
  'QUEUE_REDIS_USERNAME',
  'QUEUE_REDIS_PASSWORD',
  'QUEUE_REDIS_TLS',
] as const satisfies readonly SettingName[];
const ALWAYS = [
  'QUEUE_REDIS_SENTINELS',
  'QUEUE_REDIS_SENTINEL_NAME',
  'QUEUE_REDIS_SENTINEL_USERNAME',
  'QUEUE_REDIS_SENTINEL_PASSWORD',
  'QUEUE_REDIS_CLUSTER',
  'QUEUE_DRIVER',
  'QUEUE_PREFIX',
  'QUEUE_NAMES',
] as const satisfies readonly SettingName[];

/**
 * The problems that leave the queue without an address, for its settings are there and cannot be used. Their
 * defaults would be somebody else's queue: 127.0.0.1, database 0, prefix `bull`. What `REDIS_URL` overrides anyway
 * does no harm.
 */
export function unusableQueue(problems: readonly SettingProblem[], isSet: IsSet): readonly SettingProblem[] {
  const decisive: readonly string[] = [...(isSet('REDIS_URL') ? ['REDIS_URL'] : ONE_SERVER), ...ALWAYS];
  const named = isSet('REDIS_URL') || isSet('QUEUE_REDIS_HOST') || isSet('QUEUE_REDIS_SENTINELS');
  return problems.filter(({ name, kind, message }) => {
    // A file that cannot be read may have named the queue.
    if (name === '.env') return !named || message.includes('of the queue');
    return kind !== 'weak' && decisive.includes(name);
  });
}

import type { Redis } from 'ioredis';
import { isWithheld } from '../../redis/index.js';

/** What we would like to ask and BullMQ does not need; a question of each that costs nothing. */
const OPTIONAL: readonly (readonly [name: string, ...question: [string, ...string[]]])[] = [
  ['INFO', 'INFO', 'server'],
  ['CONFIG GET', 'CONFIG', 'GET', 'appendfsync'],
  ['PUBSUB NUMSUB', 'PUBSUB', 'NUMSUB'],
  ['CLIENT LIST', 'CLIENT', 'LIST', 'ID', '0'],
];

/** Which of them Redis refuses to this user, or does not know. */
export async function withheldCommands(redis: Redis): Promise<readonly string[]> {
  const replies = await Promise.all(
    OPTIONAL.map(([, command, ...args]) => redis.call(command, args).then(() => false, isWithheld)),
  );
  return OPTIONAL.flatMap(([name], index) => (replies[index] === true ? [name] : []));
}

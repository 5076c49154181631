import type { RedisClient, RedisCommand } from './redis-client.js';

export type Answer = readonly [error: Error | null, value: unknown];

/** Sends commands together. Rejects when the connection does not bear them; what Redis refuses is in the answers. */
export async function runPipeline(
  redis: RedisClient,
  commands: readonly RedisCommand[],
): Promise<readonly Answer[]> {
  const answers = await redis.pipeline(commands).exec();
  if (answers === null) throw new Error('the connection to Redis gave no answer');
  const failed = answers.find(([error]) => error !== null && !isRefusal(error));
  if (failed !== undefined) throw failed[0] as Error;
  return answers;
}

/** Redis answered, and does not do it: this user may not, or there is no such command, or no such thing. */
function isRefusal({ message }: Error): boolean {
  return /^(NOPERM|ERR|WRONGTYPE) /.test(message);
}

/** What it answered; undefined when it refused to. */
export function valueOf(answer: Answer | undefined): unknown {
  return answer === undefined || answer[0] !== null ? undefined : answer[1];
}

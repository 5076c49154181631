import type { Redis } from 'ioredis';
import { SERVER_MS_LUA } from '@probity/worker/wire';
import { withheldBy } from './withheld.js';

/** The time of Redis, for those who may not ask TIME. KEYS: one under the prefix of the queue. Answers a string of ms. */
export const SERVER_CLOCK_SCRIPT = `${SERVER_MS_LUA}
return string.format('%.0f', serverMs(KEYS[1]))
`;

/**
 * Asks Redis for its time, by TIME or, where an ACL forbids that, by a script, which BullMQ's users may send anyway. Where
 * both are withheld, as from a mere onlooker, this machine's clock has to do.
 */
export class ServerClock {
  private by: 'time' | 'script' | 'own' = 'time';

  /** `key` is one under the prefix of a queue, which names the node of a Cluster and is not touched. */
  constructor(private readonly key: string) {}

  /** Epoch ms. Rejects as Redis does. */
  async now(redis: Redis): Promise<number> {
    if (this.by === 'time') {
      const time = await redis.time().catch(() => null);
      if (time !== null) return serverMs(time);
    }
    if (this.by === 'own') return Date.now();
    // An error of anything else is that of the script as well.
    const now = await redis.eval(SERVER_CLOCK_SCRIPT, 1, this.key).catch(withheldBy<unknown>(null));
    this.by = now === null ? 'own' : 'script';
    return now === null ? Date.now() : Number(now);
  }
}

function serverMs([seconds, micros]: readonly (string | number)[]): number {
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
}

import type { Redis } from 'ioredis';
import { SERVER_MS_LUA } from '@probity/worker/wire';
import { withheldBy } from './withheld.js';

/** The time of Redis, for those who may not ask TIME. KEYS: one under the prefix of the queue. Answers a string of ms. */
export const SERVER_CLOCK_SCRIPT = `${SERVER_MS_LUA}
return string.format('%.0f', serverMs(KEYS[1]))
`;

/**
 * Tells the time of Redis: by TIME, or, where an ACL forbids that, by a script, which BullMQ's users may send anyway. One
 * that forbids scripts too is that of a mere onlooker, who goes by the clock of this machine.
 */
export class ServerClock {
  private teller: 'server' | 'script' | 'own' = 'server';

  /** `key` is one under the prefix of a queue, which names the node of a Cluster and is not touched. */
  constructor(private readonly key: string) {}

  /** Epoch ms. Rejects when Redis cannot be asked at all. */
  async now(redis: Redis): Promise<number> {
    if (this.teller === 'server') {
      const time = await redis.time().catch(() => null);
      if (time !== null) return serverMs(time);
    }
    if (this.teller === 'own') return Date.now();
    // An error of anything else is that of the script as well.
    const now = await redis.eval(SERVER_CLOCK_SCRIPT, 1, this.key).catch(withheldBy<unknown>(null));
    this.teller = now === null ? 'own' : 'script';
    return now === null ? Date.now() : Number(now);
  }
}

function serverMs([seconds, micros]: readonly (string | number)[]): number {
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
}

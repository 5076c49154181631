import type { Redis } from 'ioredis';

/**
 * A connection that is made when it is needed, and made anew after anything went wrong with it: nothing that
 * hangs outlives the signal of the look that it hung in.
 */
export class WatchConnection {
  private current: Redis | undefined;
  private lost = false;
  private ended = false;

  constructor(
    private readonly create: () => Redis,
    private readonly onLost: () => void,
  ) {}

  /** `reconnected`: Redis could not be asked for a while before. Rejects with the driver's error. */
  async use<T>(signal: AbortSignal, work: (redis: Redis, reconnected: boolean) => Promise<T>): Promise<T> {
    const redis = this.current ?? this.open();
    const cut = () => this.drop(redis);
    signal.addEventListener('abort', cut);
    try {
      if (redis.status === 'wait') await redis.connect();
      const result = await work(redis, this.lost);
      this.lost = false;
      return result;
    } catch (error) {
      this.drop(redis);
      throw error;
    } finally {
      signal.removeEventListener('abort', cut);
    }
  }

  close(): void {
    this.ended = true;
    if (this.current !== undefined) this.drop(this.current);
  }

  private open(): Redis {
    const redis = this.create();
    this.current = redis;
    let stood = false;
    redis.once('ready', () => (stood = true));
    redis.on('close', () => {
      if (this.current !== redis) return;
      this.drop(redis);
      // One that never stood was not lost: its user is told, and looking again at once would never end.
      if (stood && !this.ended) this.onLost();
    });
    return redis;
  }

  private drop(redis: Redis): void {
    if (this.current === redis) this.current = undefined;
    this.lost = true;
    redis.disconnect();
  }
}

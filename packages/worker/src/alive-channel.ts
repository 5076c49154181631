import { maySubscribe } from './beat-connection.js';
import type { RedisClient } from './redis-client.js';

/** So often a connection that only listens is asked whether it is still there. */
const PING_EVERY_MS = 10_000;

/**
 * Subscribes to the channel that tells of the worker's death: nobody there means it is dead. The connection of the
 * heartbeats does, or, where it could not store any more (RESP2, which is all that ioredis 5 speaks), one that does
 * nothing else. On a Cluster nobody does: each node counts its own subscribers.
 */
export class AliveChannel {
  private main: RedisClient | undefined;
  private second: RedisClient | undefined;
  private subscribed = false;
  private ended = false;
  private pingedAt = -Infinity;

  constructor(
    private readonly channel: string,
    private readonly connect: () => RedisClient,
    private readonly changed: () => void,
  ) {}

  get watched(): boolean {
    return this.subscribed;
  }

  /** The connection of the heartbeats is ready. Never rejects: an ACL may forbid channels, then only age tells. */
  async open(main: RedisClient): Promise<void> {
    if (main.isCluster === true || this.ended) return;
    if (!maySubscribe(main)) {
      this.second ??= this.listener();
      return;
    }
    this.second?.disconnect();
    this.second = undefined;
    this.main = main;
    await this.subscribe(main);
  }

  /** The connection of the heartbeats is gone, or, without one, the one that listens. */
  closed(): void {
    if (this.main !== undefined) this.subscribed = false;
    this.main = undefined;
  }

  /** What only listens never learns that the other side is gone, and is asked. `now`: monotonic ms. */
  keepAlive(now: number): void {
    const { second } = this;
    if (second === undefined || !this.subscribed || now - this.pingedAt < PING_EVERY_MS) return;
    this.pingedAt = now;
    second.ping().catch(() => second.disconnect(true));
  }

  end(): void {
    this.ended = true;
    this.second?.disconnect();
  }

  private listener(): RedisClient {
    const second = this.connect();
    second.on('ready', () => void this.subscribe(second).then(() => this.changed()));
    second.on('close', () => {
      if (this.second !== second || !this.subscribed) return;
      this.subscribed = false;
      this.changed();
    });
    return second;
  }

  private async subscribe(redis: RedisClient): Promise<void> {
    this.subscribed = false;
    try {
      await redis.subscribe(this.channel);
      this.subscribed = true;
    } catch {
      // One that is closed comes back. One that is refused is tried again with the next connection of the heartbeats.
      if (redis !== this.second || redis.status !== 'ready') return;
      this.second = undefined;
      redis.disconnect();
    }
  }
}

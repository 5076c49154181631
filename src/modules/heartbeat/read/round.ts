import type { Redis } from 'ioredis';
import { queueOfConnection } from '../../queue/observe.js';
import { ServerClock, type NamedConnection } from '../../redis/index.js';
import { namedConnections } from './client-list.js';

/** What is asked once for all queues that are looked at together. */
export interface Round {
  /** Epoch ms by the clock of Redis. */
  readonly now: number;
  /** Monotonic ms. */
  readonly mono: number;
  /** BullMQ workers that are connected, by their queue; null when Redis does not tell. */
  readonly connected: ReadonlyMap<string, number> | null;
}

const CLIENTS_EVERY_MS = 15_000;
/** Where nobody sends heartbeats the list of connections is all that tells of workers. */
const CLIENTS_ALONE_EVERY_MS = 2000;
const SLACK_MS = 100;

/** Begins the looks at the queues of one prefix. */
export class RoundReader {
  private readonly clock: ServerClock;
  private connected: ReadonlyMap<string, number> | null = null;
  private connectedAt = -Infinity;

  constructor(private readonly prefix: string) {
    this.clock = new ServerClock(`${prefix}:probity:clock`);
  }

  /** `silent`: some of the queues have no worker that sends heartbeats. Rejects as Redis does. */
  async begin(redis: Redis, mono: number, { silent }: { readonly silent: boolean }): Promise<Round> {
    const everyMs = silent ? CLIENTS_ALONE_EVERY_MS : CLIENTS_EVERY_MS;
    const due = mono - this.connectedAt >= everyMs - SLACK_MS;
    const [now, connections] = await Promise.all([
      this.clock.now(redis),
      due ? namedConnections(redis) : undefined,
    ]);
    if (connections !== undefined) {
      this.connectedAt = mono;
      this.connected = connections === null ? null : this.countedIn(connections);
    }
    return { now, mono, connected: this.connected };
  }

  /** A worker has one connection that bears its name. */
  private countedIn(connections: readonly NamedConnection[]): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const { name } of connections) {
      const queue = queueOfConnection(this.prefix, name);
      if (queue !== null) counts.set(queue, (counts.get(queue) ?? 0) + 1);
    }
    return counts;
  }
}

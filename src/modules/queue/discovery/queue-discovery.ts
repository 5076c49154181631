import type { Redis } from 'ioredis';
import { monotonic } from '../../kernel/index.js';
import { connectionsTo, isWithheld, primariesOf, withheldBy } from '../../redis/index.js';
import { queueKey } from '../keys.js';
import {
  beyondOf,
  missing,
  NOTHING_FOUND,
  passEnded,
  withConnections,
  withKeys,
  type Discovery,
} from './discovery.state.js';
import { matches, metaKeys, queueOfConnection, queueOfKey } from './queue-names.policy.js';

/** Keys that Redis goes through in one SCAN: less than a millisecond of its time. */
const AT_ONCE = 1000;
const CLIENTS_EVERY_MS = 5000;

export interface DiscoveryScope {
  readonly prefix: string;
  /** Names of queues, in which `*` stands for any characters. */
  readonly patterns: readonly string[];
}

/** What one step has found out. */
export interface Changes {
  readonly appeared: readonly string[];
  readonly gone: readonly string[];
}

/**
 * Finds the queues of a Redis, a few steps of SCAN at a time and never by KEYS, and those of workers that are connected
 * at once. It goes round and round: what is new shows by the next pass, and gone is a queue whose keys are there no
 * more and that nobody works for. Only reads.
 */
export class QueueDiscovery {
  private state: Discovery = NOTHING_FOUND;
  private cursor = '0';
  /** Of the nodes of a Cluster, the one whose keys are gone through. */
  private node = 0;
  private clientsAt = -Infinity;
  private readonly refused = new Set<string>();

  constructor(private readonly scope: DiscoveryScope) {}

  /** At most `scans` SCANs, one pass at most. Rejects as Redis does; what Redis refuses is told by `withheld`. */
  async step(redis: Redis, { scans }: { readonly scans: number }): Promise<Changes> {
    const before = this.state.known;
    if (monotonic() - this.clientsAt >= CLIENTS_EVERY_MS) await this.lookAtConnections(redis);
    for (let done = 0; done < scans; done += 1) if (await this.scan(redis)) break;
    const after = this.state.known;
    return {
      appeared: [...after].filter((name) => !before.has(name)).sort(),
      gone: [...before].filter((name) => !after.has(name)).sort(),
    };
  }

  /** The queues that are there, sorted. */
  get found(): readonly string[] {
    return [...this.state.known].sort();
  }

  /** Monotonic ms at which the last pass through all keys ended; null before the first has. */
  get wholeAt(): number | null {
    return this.state.wholeAt;
  }

  /** How many names more there are than are kept, which are 500. */
  get beyond(): number {
    return beyondOf(this.state);
  }

  /** The commands that Redis refuses. Without SCAN there never is a whole pass, and only queues of workers are found. */
  get withheld(): readonly string[] {
    return [...this.refused];
  }

  /** Answers whether there is nothing more to scan for now. */
  private async scan(redis: Redis): Promise<boolean> {
    const { prefix } = this.scope;
    const nodes = primariesOf(redis);
    let reply: [cursor: string, keys: string[]];
    try {
      reply = await (nodes[this.node] ?? redis).scan(
        this.cursor,
        'MATCH',
        metaKeys(prefix),
        'COUNT',
        AT_ONCE,
      );
    } catch (error) {
      if (!isWithheld(error)) throw error;
      this.refused.add('SCAN');
      return true;
    }
    this.refused.delete('SCAN');
    const [cursor, keys] = reply;
    this.cursor = cursor;
    this.state = withKeys(this.state, this.wanted(keys.map((key) => queueOfKey(prefix, key))));
    if (cursor !== '0') return false;
    this.node = this.node + 1 < nodes.length ? this.node + 1 : 0;
    if (this.node > 0) return false;
    await this.endPass(redis);
    return true;
  }

  private async endPass(redis: Redis): Promise<void> {
    const lost = missing(this.state);
    // They may have come while the pass was under way; and whoever works for them may have connected since.
    if (lost.length > 0) await this.lookAtConnections(redis);
    const doubtful = missing(this.state);
    const there = doubtful.length === 0 ? [] : await this.there(redis, doubtful);
    const gone = doubtful.filter((name) => !there.includes(name));
    this.state = passEnded(this.state, gone, monotonic());
  }

  private async there(redis: Redis, names: readonly string[]): Promise<readonly string[]> {
    // Not in a pipeline, for queues may lie on different nodes of a Cluster.
    const replies = await Promise.all(
      names.map((name) => redis.exists(queueKey(this.scope, name, 'meta'))),
    ).catch(withheldBy<number[]>([]));
    return names.filter((_, index) => replies[index] === 1);
  }

  private async lookAtConnections(redis: Redis): Promise<void> {
    this.clientsAt = monotonic();
    const answer = await connectionsTo(redis);
    if (answer.kind === 'withheld') this.refused.add('CLIENT LIST');
    else this.refused.delete('CLIENT LIST');
    this.state = withConnections(
      this.state,
      answer.kind === 'list'
        ? this.wanted(answer.connections.map(({ name }) => queueOfConnection(this.scope.prefix, name)))
        : null,
    );
  }

  private wanted(names: readonly (string | null)[]): readonly string[] {
    const { patterns } = this.scope;
    const found = names.filter((name) => name !== null);
    return [...new Set(found)].filter((name) => patterns.some((pattern) => matches(pattern, name)));
  }
}

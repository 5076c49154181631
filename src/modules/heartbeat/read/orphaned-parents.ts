import { bullKey, type QueueScope } from '@probity/worker/wire';
import type { Redis } from 'ioredis';
import { attempted, pipelined } from '../../redis/index.js';

/** Parents of one look: those that have waited longest, the next of all in their turn, and those of before. */
const OLDEST = 10;
const NEXT = 30;
const SUSPECTS = 10;
/** Children of each that are looked at, others each time. */
const CHILDREN = 10;

export interface OrphanedParents {
  /** Parents that wait for a child that has failed or is gone, or for no child at all. */
  readonly ids: readonly string[];
  /** There are more parents, or more children, than were looked at. */
  readonly sample: boolean;
}

/** A parent, and the child for which it may wait in vain; null when it has none to wait for. */
interface Suspect {
  readonly parent: string;
  readonly child: string | null;
}

/**
 * Looks for the parents of flows that nothing will ever release. Costs Redis the same however many wait: each look
 * takes the next ones, so that wherever a parent stands its turn comes.
 */
export class OrphanedParentsReader {
  private from = 0;
  private suspects: readonly Suspect[] = [];

  constructor(private readonly scope: QueueScope) {}

  async read(redis: Redis): Promise<OrphanedParents> {
    const key = bullKey(this.scope, 'waiting-children');
    const known = this.suspects.map(({ parent }) => parent);
    const [all, oldest, next, ...scores] = (await pipelined(redis, (pipeline) => {
      pipeline
        .zcard(key)
        .zrange(key, '0', String(OLDEST - 1))
        .zrange(key, String(this.from), String(this.from + NEXT - 1));
      for (const parent of known) pipeline.zscore(key, parent);
    })) as [number, string[], string[], ...(string | null)[]];
    this.from = next.length < NEXT ? 0 : this.from + NEXT;
    const waiting = this.suspects.filter((_, index) => scores[index] !== null);
    if (all === 0) {
      this.suspects = [];
      return { ids: [], sample: false };
    }
    const parents = [...new Set([...waiting.map(({ parent }) => parent), ...oldest, ...next])];
    const { families, more } = await this.familiesOf(redis, parents);
    const pairs = [...waiting.filter(({ child }) => child !== null), ...families];
    const lost = await this.lostAmong(redis, pairs);
    const childless = parents
      .filter((parent) => !families.some((each) => each.parent === parent))
      .map((parent) => ({ parent, child: null }));
    // A flow may be made in parts, the parent first: only one that has no child at two looks waits for none.
    const still = childless.filter(({ parent }) =>
      waiting.some((each) => each.parent === parent && each.child === null),
    );
    this.suspects = onePerParent([...lost, ...still, ...childless]).slice(0, SUSPECTS);
    const ids = onePerParent([...lost, ...still]).map(({ parent }) => parent);
    return { ids: ids.slice(0, SUSPECTS), sample: more || all > parents.length };
  }

  private dependencies(parent: string): string {
    return bullKey(this.scope, parent, 'dependencies');
  }

  /** Some of the children that each one still waits for. */
  private async familiesOf(
    redis: Redis,
    parents: readonly string[],
  ): Promise<{ families: Suspect[]; more: boolean }> {
    const replies = await pipelined(redis, (pipeline) => {
      for (const parent of parents) {
        const key = this.dependencies(parent);
        pipeline.srandmember(key, CHILDREN).scard(key);
      }
    });
    const families = parents.flatMap((parent, index) =>
      (replies[2 * index] as string[]).map((child) => ({ parent, child })),
    );
    return { families, more: parents.some((_, index) => (replies[2 * index + 1] as number) > CHILDREN) };
  }

  /**
   * Those whose child has failed for good, or is gone. One that waits for its next attempt has a reason too, but no
   * end. A child that ends well is gone too, and leaves its parent in the same step: that is asked last.
   */
  private async lostAmong(redis: Redis, pairs: readonly Suspect[]): Promise<Suspect[]> {
    if (pairs.length === 0) return [];
    // Children may be of other queues, and this user may not be permitted to look at those.
    const ends = await attempted(redis, (pipeline) => {
      for (const { child } of pairs)
        pipeline.exists(child ?? '').hmget(child ?? '', 'failedReason', 'finishedOn');
    });
    const doubtful = pairs.filter((_, index) => {
      const gone = ends[2 * index] === 0;
      const fields = ends[2 * index + 1] as (string | null)[] | null;
      return gone || (fields?.every((field) => field !== null) ?? false);
    });
    if (doubtful.length === 0) return [];
    const waited = await pipelined(redis, (pipeline) => {
      for (const { parent, child } of doubtful) pipeline.sismember(this.dependencies(parent), child ?? '');
    });
    return doubtful.filter((_, index) => waited[index] === 1);
  }
}

function onePerParent(suspects: readonly Suspect[]): Suspect[] {
  const found = new Map<string, Suspect>();
  for (const each of suspects) if (!found.has(each.parent)) found.set(each.parent, each);
  return [...found.values()];
}

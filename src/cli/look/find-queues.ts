import type { Redis } from 'ioredis';
import { monotonic } from '../../modules/kernel/index.js';
import { isWithheld, primariesOf } from '../../modules/redis/index.js';
import { prefixOfKey, QueueDiscovery } from '../../modules/queue/observe.js';
import type { Search } from './facts.js';

/** So long it is looked for queues before those that are known are watched. */
const SEARCH_MS = 4000;
const STEPS = { scans: 20 };
const AT_ONCE = 1000;
const MOST_PREFIXES = 5;
export const MOST_QUEUES = 500;
const USUAL_PREFIX = 'bull';

export interface QueueName {
  readonly prefix: string;
  readonly name: string;
}

export interface Found {
  readonly queues: readonly QueueName[];
  readonly search: Search;
}

/** `prefix` and `names` are what the user said; neither has to be said. */
export async function findQueues(
  redis: Redis,
  { prefix, names }: { readonly prefix: string | undefined; readonly names: readonly string[] },
): Promise<Found> {
  if (names.length > 0) {
    const named = prefix ?? USUAL_PREFIX;
    return {
      queues: names.map((name) => ({ prefix: named, name })),
      search: { prefixes: [named], guessed: false, whole: true, beyond: 0, named: true },
    };
  }
  const until = monotonic() + SEARCH_MS;
  const first = await underPrefixes(redis, [prefix ?? USUAL_PREFIX], until);
  if (prefix !== undefined || first.queues.length > 0) return first;
  const { prefixes, whole } = await prefixesThere(redis, until + SEARCH_MS);
  if (prefixes.length === 0) return { ...first, search: { ...first.search, whole } };
  const others = await underPrefixes(redis, prefixes, until + 2 * SEARCH_MS);
  return { ...others, search: { ...others.search, guessed: true, whole: whole && others.search.whole } };
}

async function underPrefixes(redis: Redis, prefixes: readonly string[], until: number): Promise<Found> {
  const queues: QueueName[] = [];
  let [whole, beyond] = [true, 0];
  for (const prefix of prefixes) {
    const discovery = new QueueDiscovery({ prefix, patterns: ['*'] });
    do await discovery.step(redis, STEPS);
    while (discovery.wholeAt === null && !discovery.withheld.includes('SCAN') && monotonic() < until);
    queues.push(...discovery.found.map((name) => ({ prefix, name })));
    whole &&= discovery.wholeAt !== null;
    beyond += discovery.beyond;
  }
  return {
    queues: queues.slice(0, MOST_QUEUES),
    search: {
      prefixes,
      guessed: false,
      whole,
      beyond: beyond + Math.max(0, queues.length - MOST_QUEUES),
      named: false,
    },
  };
}

/** Prefixes under which there seem to be queues, the most frequent first. */
async function prefixesThere(
  redis: Redis,
  until: number,
): Promise<{ readonly prefixes: readonly string[]; readonly whole: boolean }> {
  const found = new Map<string, number>();
  const nodes = [...primariesOf(redis)];
  let cursor = '0';
  let whole = false;
  try {
    do {
      const [next, keys] = await (nodes[0] ?? redis).scan(cursor, 'MATCH', '*:*:meta', 'COUNT', AT_ONCE);
      for (const prefix of keys.map(prefixOfKey)) {
        if (prefix !== null && (found.has(prefix) || found.size < AT_ONCE))
          found.set(prefix, (found.get(prefix) ?? 0) + 1);
      }
      cursor = next;
      if (cursor === '0') nodes.shift();
      whole = nodes.length === 0;
    } while (!whole && monotonic() < until);
  } catch (error) {
    if (!isWithheld(error)) throw error;
  }
  const byCount = [...found].sort(([, a], [, b]) => b - a).map(([prefix]) => prefix);
  return { prefixes: byCount.slice(0, MOST_PREFIXES), whole: whole && byCount.length <= MOST_PREFIXES };
}

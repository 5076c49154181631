import type { Redis } from 'ioredis';
import { primariesOf } from './nodes.js';
import { withheldBy } from './withheld.js';

/** The list of more clients would keep Redis, and us, busy for longer than what it tells is worth. */
const MOST_CLIENTS = 2000;

export interface NamedConnection {
  readonly name: string;
  readonly addr: string;
}

/** The connections to this database that have a name; why there are none to be had otherwise. */
export type Connections =
  | { readonly kind: 'list'; readonly connections: readonly NamedConnection[] }
  | { readonly kind: 'withheld' }
  | { readonly kind: 'too-many'; readonly clients: number };

/**
 * Asks for the list of clients, unless it would be too long. Rejects when Redis cannot be asked at all. On a Cluster a
 * client has connections to more than one node, and one to the node of its queue while it waits for jobs: of each name
 * those are told that are on one node, so many there are at least.
 */
export async function connectionsTo(redis: Redis): Promise<Connections> {
  const nodes = await Promise.all(primariesOf(redis).map((node) => connectionsToNode(node)));
  const lists: (readonly NamedConnection[])[] = [];
  for (const node of nodes) {
    if (node.kind !== 'list') return node;
    lists.push(node.connections);
  }
  return { kind: 'list', connections: lists.length === 1 ? (lists[0] ?? []) : mostOnOne(lists) };
}

function mostOnOne(lists: readonly (readonly NamedConnection[])[]): NamedConnection[] {
  return [...new Set(lists.flat().map(({ name }) => name))].flatMap((name) =>
    lists
      .map((list) => list.filter((each) => each.name === name))
      .reduce((most, each) => (each.length > most.length ? each : most)),
  );
}

async function connectionsToNode(redis: Redis): Promise<Connections> {
  // Where INFO is refused, the list has to tell.
  const info = await redis.info('clients').catch(withheldBy<string>(''));
  const clients = Number(/^connected_clients:(\d+)/m.exec(info)?.[1] ?? 0);
  if (clients > MOST_CLIENTS) return { kind: 'too-many', clients };
  const list = await (redis.call('CLIENT', 'LIST') as Promise<string>).catch(withheldBy<null>(null));
  if (list === null) return { kind: 'withheld' };
  const own = String(redis.options.db ?? 0);
  const connections = list.split('\n').flatMap((line) => {
    const name = / name=(\S+)/.exec(line)?.[1];
    // A queue of the same name in another database is another queue.
    const db = / db=(\d+)/.exec(line)?.[1] ?? own;
    return name === undefined || db !== own ? [] : [{ name, addr: / addr=(\S*)/.exec(line)?.[1] ?? '' }];
  });
  return { kind: 'list', connections };
}

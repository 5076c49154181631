import type { Redis } from 'ioredis';
import { primariesOf, withheldBy } from '../../redis/index.js';

/** The list of more clients would keep Redis, and us, busy for longer than what it tells is worth. */
const MOST_CLIENTS = 2000;

/** The names of all connections to this database; why there are none to be had otherwise. Rejects when Redis cannot be asked at all. */
export type ConnectionNames =
  | { readonly kind: 'names'; readonly names: readonly string[] }
  | { readonly kind: 'withheld' }
  | { readonly kind: 'too-many'; readonly clients: number };

export async function connectionNames(redis: Redis): Promise<ConnectionNames> {
  const nodes = await Promise.all(primariesOf(redis).map((node) => namesOn(node)));
  const short = nodes.find((each) => each.kind !== 'names');
  return (
    short ?? { kind: 'names', names: nodes.flatMap((each) => (each.kind === 'names' ? each.names : [])) }
  );
}

async function namesOn(node: Redis): Promise<ConnectionNames> {
  // Where INFO is refused, the list has to tell.
  const info = await node.info('clients').catch(withheldBy<string>(''));
  const clients = Number(/^connected_clients:(\d+)/m.exec(info)?.[1] ?? 0);
  if (clients > MOST_CLIENTS) return { kind: 'too-many', clients };
  const list = await (node.call('CLIENT', 'LIST') as Promise<string>).catch(withheldBy<null>(null));
  if (list === null) return { kind: 'withheld' };
  const own = String(node.options.db ?? 0);
  const names = list.split('\n').flatMap((line) => {
    const name = / name=(\S+)/.exec(line)?.[1];
    // A queue of the same name in another database is another queue.
    const db = / db=(\d+)/.exec(line)?.[1] ?? own;
    return name === undefined || db !== own ? [] : [name];
  });
  return { kind: 'names', names };
}

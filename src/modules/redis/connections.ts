import type { Redis } from 'ioredis';
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

/** Asks for the list of clients, unless it would be too long. Rejects when Redis cannot be asked at all. */
export async function connectionsTo(redis: Redis): Promise<Connections> {
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

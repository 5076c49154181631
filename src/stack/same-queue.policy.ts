/** What a process wrote down of the queue that it uses. */
export interface IdentityRow {
  readonly instanceId: string;
  readonly queue: string;
  readonly sentinel: string;
  readonly address: string;
  readonly database: number;
  readonly prefix: string;
}

interface Process {
  readonly name: string;
  readonly instanceId: string | null;
}

/** Why these processes do not use the same queues, with both named, or are not known to; undefined when they do. */
export function compareIdentities(
  processes: readonly Process[],
  rows: readonly IdentityRow[],
): string | undefined {
  const [first, ...others] = processes;
  if (first === undefined) return undefined;
  const silent = processes.find(({ instanceId }) => rowsOf(instanceId, rows).length === 0);
  if (silent !== undefined) return `${silent.name} has not said yet which queue it uses`;
  for (const mine of rowsOf(first.instanceId, rows)) {
    for (const other of others) {
      const theirs = rowsOf(other.instanceId, rows).find(({ queue }) => queue === mine.queue);
      if (theirs === undefined) return `${other.name} does not use the queue ${mine.queue}`;
      if (!isSame(mine, theirs)) {
        return `queue ${mine.queue} is not the same one: ${first.name} uses ${describe(mine)}, ${other.name} uses ${describe(theirs)}`;
      }
    }
  }
  return undefined;
}

function rowsOf(instanceId: string | null, rows: readonly IdentityRow[]): readonly IdentityRow[] {
  return rows.filter((row) => row.instanceId === instanceId);
}

// Two addresses may lead to one Redis; its sentinel key is what cannot be in two of them.
function isSame(one: IdentityRow, other: IdentityRow): boolean {
  return one.sentinel === other.sentinel && one.database === other.database && one.prefix === other.prefix;
}

function describe({ address, database, prefix }: IdentityRow): string {
  return `${address}, database ${database}, prefix ${prefix}`;
}

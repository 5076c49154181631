import { monotonic, withOwnTime } from '../kernel/index.js';
import { connectionTo, NamedClient } from './connection.js';
import type { DatabaseLook } from './database.assess.js';
import { failureOf } from './database-failure.policy.js';
import { look, type LookOptions } from './look.js';

const FAREWELL_MS = 1000;

interface FreshOptions {
  readonly url: string;
  readonly applicationName: string;
  readonly budgetMs: number;
  /** Destroys the connection, wherever it is. */
  readonly signal: AbortSignal;
  readonly look: LookOptions;
}

/** Asks on a new connection, with the credentials of now. Never rejects and never overruns its budget. */
export async function askFresh(options: FreshOptions): Promise<DatabaseLook> {
  const startedAt = monotonic();
  let client: NamedClient | undefined;
  const destroy = () => client?.connection.stream.destroy();
  options.signal.addEventListener('abort', destroy, { once: true });
  const outcome = await withOwnTime(options.budgetMs, async () => {
    client = new NamedClient({
      ...connectionTo(options.url),
      application_name: options.applicationName,
    });
    // What breaks the connection rejects the question under way; there is nobody else to tell.
    client.on('error', () => undefined);
    await client.connect();
    return await look(client, options.look);
  });
  options.signal.removeEventListener('abort', destroy);
  switch (outcome.kind) {
    case 'answered':
      client?.end().catch(() => undefined);
      setTimeout(destroy, FAREWELL_MS).unref();
      return { kind: 'answered', state: outcome.value, latencyMs: Math.round(monotonic() - startedAt) };
    case 'threw':
      destroy();
      return { kind: 'failed', failure: failureOf(outcome.error) };
    case 'timed-out':
      destroy();
      return { kind: 'hung', waitedMs: options.budgetMs };
  }
}

import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { REDACT, SETTINGS, type Redact, type Settings } from '../config/index.js';
import { SERVICE, withDeadline, type ServiceIdentity } from '../health/index.js';
import { failureOf, type Failure } from './database-failure.policy.js';
import { DatabaseUnavailableError } from './database-unavailable.error.js';

const POOL_MAX = 10;
const ACQUIRE_TIMEOUT_MS = 5000;
const STATEMENT_TIMEOUT_MS = 5000;
/** The driver gives up a little after the server should have. */
const ANSWER_TIMEOUT_MS = STATEMENT_TIMEOUT_MS + 500;
const IDLE_TIMEOUT_MS = 30_000;
const CLOSE_WITHIN_MS = 2000;

/** How the pool is used right now. */
export interface PoolUse {
  readonly total: number;
  readonly idle: number;
  readonly waiting: number;
  readonly max: number;
}

/**
 * The pool of this process. It connects when it is first used, so a process boots whatever is down. A statement
 * waits at most 5 s for a connection and 5 s for its answer.
 */
@Injectable()
export class Database implements OnApplicationShutdown {
  /** The configured URL; a secret. */
  readonly url: string | undefined;
  readonly applicationName: string;
  private readonly created: pg.Pool | undefined;
  private readonly idle = new Set<pg.PoolClient>();
  private readonly doubters = new Set<() => void>();
  private readonly logger = new Logger('Database');
  private returned = 0;

  constructor(
    @Inject(SETTINGS) settings: Settings,
    @Inject(SERVICE) service: ServiceIdentity,
    @Inject(REDACT) private readonly redact: Redact,
  ) {
    this.url = settings.DATABASE_URL;
    this.applicationName = `probity-${service.name}`;
    this.created = this.url === undefined ? undefined : this.createPool(this.url);
  }

  /** For libraries that want a pool. Throws `DatabaseUnavailableError` when `DATABASE_URL` is not set. */
  get pool(): pg.Pool {
    if (this.created === undefined) {
      throw new DatabaseUnavailableError({
        code: 'database.not_configured',
        text: 'DATABASE_URL is not set or not valid; set it to postgres://user:password@host:port/database',
      });
    }
    return this.created;
  }

  /**
   * One statement. Rejects with `DatabaseUnavailableError` when the database is the reason, and with the
   * driver's `DatabaseError` (a unique violation, say) when the statement is.
   */
  async query<Row extends pg.QueryResultRow = pg.QueryResultRow>(
    text: string,
    params: readonly unknown[] = [],
  ): Promise<pg.QueryResult<Row>> {
    return await this.use((client) => client.query<Row>(text, [...params]));
  }

  /** Runs `work` in one transaction: committed when it resolves, rolled back when it rejects. Rejects as `query`. */
  async transaction<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    return await this.use(async (client) => {
      await client.query('BEGIN');
      try {
        const result = await work(client);
        await client.query('COMMIT');
        return result;
      } catch (error) {
        // A connection that is gone has nothing left to roll back, and one that hangs would not answer this either.
        if (!isLost(error)) await client.query('ROLLBACK').catch(() => undefined);
        throw error;
      }
    });
  }

  poolUse(): PoolUse {
    const pool = this.created;
    return {
      total: pool?.totalCount ?? 0,
      idle: pool?.idleCount ?? 0,
      waiting: pool?.waitingCount ?? 0,
      max: POOL_MAX,
    };
  }

  /** How many connections came back to the pool since the start. Standing still while work waits is a leak. */
  get releases(): number {
    return this.returned;
  }

  /** Calls when a connection broke or a statement failed for a reason that is not its own. */
  onDoubt(listener: () => void): void {
    this.doubters.add(listener);
  }

  /** Destroys every idle connection, for when one of them was found to hang; the pool makes new ones. */
  destroyIdle(): void {
    for (const client of this.idle) client.connection.stream.destroy();
  }

  async onApplicationShutdown(): Promise<void> {
    const pool = this.created;
    if (pool === undefined) return;
    // A connection that somebody never gives back must not keep the process.
    const ended = await withDeadline(CLOSE_WITHIN_MS, () => pool.end());
    if (ended.kind !== 'answered') this.logger.warn('the connection pool did not close in time');
  }

  private createPool(url: string): pg.Pool {
    const pool = new pg.Pool({
      connectionString: url,
      application_name: this.applicationName,
      max: POOL_MAX,
      connectionTimeoutMillis: ACQUIRE_TIMEOUT_MS,
      idleTimeoutMillis: IDLE_TIMEOUT_MS,
      query_timeout: ANSWER_TIMEOUT_MS,
      keepAlive: true,
      // Not a startup parameter: connection poolers in between refuse those that they do not know.
      verify: (client, done) => {
        client.query(`SET statement_timeout = ${STATEMENT_TIMEOUT_MS}`, (error: Error | undefined) =>
          done(error),
        );
      },
    });
    pool.on('connect', (client) => {
      // The pool listens only while a connection is idle; one that breaks in use rejects its statement.
      client.on('error', () => undefined);
      client.once('end', () => this.idle.delete(client));
    });
    pool.on('acquire', (client) => this.idle.delete(client));
    pool.on('release', (_, client) => {
      this.returned += 1;
      this.idle.add(client);
    });
    pool.on('remove', (client) => this.idle.delete(client));
    pool.on('error', (error) => this.doubt(failureOf(error)));
    return pool;
  }

  private async use<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    const pool = this.pool;
    let client: pg.PoolClient;
    try {
      client = await pool.connect();
    } catch (error) {
      throw this.unavailable(failureOf(error), error);
    }
    try {
      const result = await work(client);
      client.release();
      return result;
    } catch (error) {
      const failure = failureOf(error);
      client.release(isLost(error));
      if (failure.code === 'database.error') throw error;
      throw this.unavailable(failure, error);
    }
  }

  private unavailable(failure: Failure, cause: unknown): DatabaseUnavailableError {
    this.doubt(failure);
    return new DatabaseUnavailableError({ code: failure.code, text: this.redact(failure.text) }, cause);
  }

  private doubt(failure: Failure): void {
    this.logger.debug({ msg: `connection trouble: ${this.redact(failure.text)}`, code: failure.code });
    for (const listener of this.doubters) listener();
  }
}

/** Whether the connection that gave the error must not be used again. An error of our own says nothing of it. */
function isLost(error: unknown): boolean {
  const { code, fatal } = failureOf(error);
  return fatal && (error instanceof pg.DatabaseError || code !== 'database.error');
}

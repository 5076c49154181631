import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import pg from 'pg';
import { SERVICE, type ServiceIdentity } from '../health/index.js';
import { monotonic, REDACT, type Redact, withDeadline } from '../kernel/index.js';
import { cancelStatement } from './cancel-statement.js';
import { connectionTo, NamedClient } from './connection.js';
import {
  failureOf,
  isLost,
  isOfSession,
  type DatabaseCode,
  type DatabaseFailure,
} from './database-failure.policy.js';
import { DatabaseUnavailableError } from './database-unavailable.error.js';
import { DATABASE_OPTIONS, type DatabaseOptions, type OwnTables } from './database.options.js';
import type { DryRun } from './dry-run.js';
import { withoutValues } from './driver-error.policy.js';
import type { PoolUse } from './pool-use.js';
import { promptStatement } from './prompt-statement.js';
import { storableParameter } from './storable-parameter.js';

const POOL_MAX = 10;
const ACQUIRE_TIMEOUT_MS = 5000;
/** The client's own deadline: one that the session remembers would be everybody's behind a pooler. */
const ANSWER_TIMEOUT_MS = 5000;
/** Shorter than the deadline, so that the server says what was waited for. */
const LOCK_TIMEOUT_MS = 4000;
const IDLE_TIMEOUT_MS = 30_000;
const CLOSE_WITHIN_MS = 300;

/**
 * The pool of this process. It connects when it is first used, so a process boots whatever is down. A statement
 * waits at most 5 s for a connection and 5 s for its answer. A session keeps nothing of ours: behind a pooler in
 * transaction mode it is somebody else's a moment later.
 */
@Injectable()
export class Database implements OnApplicationShutdown {
  /** The configured URL; a secret. */
  readonly url: string | undefined;
  readonly applicationName: string;
  /** Why there is no address, with what to do. */
  readonly whyNot: string;
  readonly tables: OwnTables;
  readonly dryRuns: DryRun[] = [];
  private created: pg.Pool | undefined;
  private readonly idle = new Set<pg.PoolClient>();
  /** Connections that were made before this one was raised are not used again. */
  private generation = 0;
  private readonly madeIn = new WeakMap<pg.PoolClient, number>();
  private readonly doubters = new Set<() => void>();
  private readonly logger = new Logger('Database');
  private returned = 0;
  private trouble: { readonly code: DatabaseCode; readonly at: number } | undefined;

  constructor(
    @Inject(DATABASE_OPTIONS) { url, whyNot, tables }: DatabaseOptions,
    @Inject(SERVICE) service: ServiceIdentity,
    @Inject(REDACT) private readonly redact: Redact,
  ) {
    this.url = url;
    this.applicationName = `probity-${service.name}`;
    this.whyNot = whyNot;
    this.tables = tables;
  }

  /** Whether anything outlives this process in tables of ours. */
  get remembers(): boolean {
    return this.tables !== 'none';
  }

  /** For libraries that want a pool. Throws `DatabaseUnavailableError` when there is no address to connect to. */
  get pool(): pg.Pool {
    if (this.url === undefined) {
      throw new DatabaseUnavailableError({ code: 'database.not_configured', text: this.whyNot });
    }
    return (this.created ??= this.createPool(this.url));
  }

  /**
   * One statement. Rejects with `DatabaseUnavailableError` when the database is the reason, and with the
   * driver's `DatabaseError` (a unique violation, say) when the statement is.
   */
  async query<Row extends pg.QueryResultRow = pg.QueryResultRow>(
    text: string,
    params: readonly unknown[] = [],
  ): Promise<pg.QueryResult<Row>> {
    return await this.use((client) => client.query<Row>(text, params.map(storableParameter)));
  }

  /** One statement that waits for no lock longer than `lockMs`, and keeps no connection meanwhile. Rejects as `query`. */
  async promptly<Row extends pg.QueryResultRow = pg.QueryResultRow>(
    lockMs: number,
    text: string,
    params: readonly unknown[] = [],
  ): Promise<pg.QueryResult<Row>> {
    const results: unknown = await this.use((client) => client.query(promptStatement(lockMs, text, params)));
    return (results as pg.QueryResult<Row>[]).at(-1) as pg.QueryResult<Row>;
  }

  /** Runs `work` in one transaction: committed when it resolves, rolled back when it rejects. Rejects as `query`. */
  async transaction<T>(work: (client: pg.PoolClient) => Promise<T>, lockMs = LOCK_TIMEOUT_MS): Promise<T> {
    return await this.use(async (client) => {
      await client.query(
        `BEGIN; SET LOCAL statement_timeout = ${ANSWER_TIMEOUT_MS}; SET LOCAL lock_timeout = ${lockMs}`,
      );
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

  /** Why a statement of somebody else failed within the last `ms`, for who got no answer at all; null when none did. */
  troubleWithin(ms: number): DatabaseCode | null {
    const { trouble } = this;
    return trouble !== undefined && monotonic() - trouble.at <= ms ? trouble.code : null;
  }

  /** Calls when a connection broke or a statement failed for a reason that is not its own. */
  onDoubt(listener: () => void): void {
    this.doubters.add(listener);
  }

  /** Destroys every idle connection, for when one of them was found to hang; the pool makes new ones. */
  destroyIdle(): void {
    this.takeIdle((client) => {
      client.connection.stream.destroy();
      client.release(true);
    });
  }

  /** Adds something that must be possible for the database to count as well; the check tries it now and then. */
  addDryRun(dryRun: DryRun): void {
    this.dryRuns.push(dryRun);
  }

  /**
   * Has every connection that exists now replaced, for when they were found to keep something that new ones do not:
   * the idle ones at once, the others when they come back.
   */
  renew(): void {
    this.generation += 1;
    this.takeIdle((client) => this.release(client));
  }

  /** Gives a connection back to the pool, or ends it when it must not be used again. */
  release(client: pg.PoolClient, broken = false): void {
    client.release(broken || (this.madeIn.get(client) ?? 0) < this.generation);
  }

  async onApplicationShutdown(): Promise<void> {
    const pool = this.created;
    if (pool === undefined) return;
    // A connection that somebody never gives back must not keep the process.
    const ended = await withDeadline(CLOSE_WITHIN_MS, () => pool.end());
    if (ended.kind === 'answered') return;
    this.logger.warn('the connection pool did not close in time');
    for (const client of this.idle) client.connection.stream.destroy();
  }

  /** Takes out of the pool what is idle: one that is no more would be given to whoever asks next, who blames the server. */
  private takeIdle(then: (client: pg.PoolClient) => void): void {
    for (let left = this.idle.size; left > 0; left -= 1) void this.pool.connect().then(then, () => undefined);
  }

  private createPool(url: string): pg.Pool {
    const pool = new pg.Pool({
      ...connectionTo(url),
      Client: NamedClient as unknown as new () => pg.ClientBase,
      application_name: this.applicationName,
      max: POOL_MAX,
      connectionTimeoutMillis: ACQUIRE_TIMEOUT_MS,
      idleTimeoutMillis: IDLE_TIMEOUT_MS,
      query_timeout: ANSWER_TIMEOUT_MS,
      keepAlive: true,
    });
    pool.on('connect', (client) => {
      this.madeIn.set(client, this.generation);
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
    let client: pg.PoolClient;
    try {
      client = await this.pool.connect();
    } catch (error) {
      if (error instanceof DatabaseUnavailableError) throw error;
      throw this.unavailable(failureOf(error), error);
    }
    try {
      const result = await work(client);
      this.release(client);
      return result;
    } catch (error) {
      const failure = failureOf(error);
      const lost = isLost(error);
      // The server may still be at it, and would go on when the lock that it waits for is free.
      if (lost && failure.code === 'database.unresponsive') cancelStatement(client);
      this.release(client, lost || isOfSession(error));
      if (failure.code === 'database.error') throw withoutValues(error);
      throw this.unavailable(failure, error);
    }
  }

  private unavailable(failure: DatabaseFailure, cause: unknown): DatabaseUnavailableError {
    this.trouble = { code: failure.code, at: monotonic() };
    this.doubt(failure);
    return new DatabaseUnavailableError(
      { code: failure.code, text: this.redact(failure.text) },
      withoutValues(cause),
    );
  }

  private doubt(failure: DatabaseFailure): void {
    this.logger.debug(`connection trouble (${failure.code}): ${this.redact(failure.text)}`);
    for (const listener of this.doubters) listener();
  }
}

import pg from 'pg';
import { eventually } from '../../fixtures/eventually.js';
import { LlmProvider } from '../../fixtures/llm-provider.js';
import { PostgresServer, TestDatabase } from '../../fixtures/postgres.js';
import { PRODUCTION, Probity } from '../../fixtures/probity.js';
import { TestProcess } from '../../fixtures/process.js';
import { RedisServer } from '../../fixtures/redis.js';
import { mountDisk } from './disk.js';
import { Naive } from './naive.js';
import type { Network } from './network.js';
import { preload } from './sabotage.js';

export type Env = Readonly<Record<string, string>>;

/** What a fault needs of the stack that it is injected into. */
export interface Given {
  readonly redis?: readonly string[];
  /** Settings of a PostgreSQL of its own; the shared cluster when absent. */
  readonly postgres?: Env;
  /** Its files are on a disk of so many MB. */
  readonly postgresDiskMb?: number;
  /** Of every process. */
  readonly settings?: Env;
  readonly api?: Env;
  readonly worker?: Env;
  /** What stands around the command of the api in a shell: `ulimit -n 256; exec "$@" >/dev/full`, say. */
  apiShell?(): string;
  /** Which worker consumes the queue: ours, a plain BullMQ worker that was given to `instrumentWorker`, or none. */
  readonly consumer?: 'execution' | 'plain' | 'none';
  /** Runs inside the process and breaks it when told (SIGUSR2). */
  readonly sabotage?: { readonly in: 'api' | 'worker'; readonly how: string };
  /** The plain worker runs in a network of its own, which can be cut. */
  makeNetwork?(): Network;
  /** Prepares the server before any process knows it, and may answer settings that only then are known. */
  before?(stack: { redis: RedisServer; database: Db; provider: LlmProvider }): Promise<Env | void>;
}

export interface Db {
  readonly url: string;
  query<Row extends Record<string, unknown>>(text: string, values?: unknown[]): Promise<Row[]>;
}

/**
 * Short waits, so that what only waiting proves is proven in seconds. They weaken nothing: what is `fail` after
 * 3 s here is `fail` after 30 s by default, for the same reason.
 */
export const QUICK = {
  WORKER_HEARTBEAT_INTERVAL_MS: '500',
  WORKER_HEARTBEAT_TIMEOUT_MS: '3000',
  QUEUE_WEDGED_AFTER_MS: '3000',
  CANARY_INTERVAL_MS: '2000',
  QUEUE_MAX_WAIT_MS: '4000',
} as const satisfies Env;

const PLAIN_WORKER = 'test/faults/harness/plain-worker.mjs';

/** A whole platform in production: Redis, PostgreSQL, a provider, the api and a worker, all real. */
export class Stack {
  api!: Probity;
  worker: Probity | undefined;
  /** The plain BullMQ worker. */
  plain: TestProcess | undefined;
  naive!: Naive;
  private network: Network | undefined;
  private readonly extra: (() => Promise<void> | void)[] = [];

  private constructor(
    readonly given: Given,
    readonly redis: RedisServer,
    readonly database: Db,
    readonly provider: LlmProvider,
    readonly env: Env,
    private readonly ownPostgres: PostgresServer | undefined,
  ) {}

  static async start(given: Given): Promise<Stack> {
    const ownPostgres = given.postgres && (await startPostgres(given.postgres, given.postgresDiskMb));
    const network = given.makeNetwork?.();
    const [redis, database, provider] = await Promise.all([
      RedisServer.start([...(given.redis ?? []), ...(network?.redisArgs ?? [])]),
      ownPostgres ?? TestDatabase.create(),
      LlmProvider.start(),
    ]);
    const env = {
      ...PRODUCTION,
      ...QUICK,
      LOG_LEVEL: 'info',
      REDIS_URL: redis.url,
      DATABASE_URL: database.url,
      OPENAI_API_KEY: 'sk-real-looking-key-0123456789abcdef',
      OPENAI_BASE_URL: provider.url,
      ...given.settings,
    };
    await migrate(env);
    const more = await given.before?.({ redis, database, provider });
    const stack = new Stack(given, redis, database, provider, { ...env, ...more }, ownPostgres);
    stack.network = network;
    await Promise.all([stack.startApi(), stack.startWorker(), stack.startNaive()]);
    return stack;
  }

  get postgres(): PostgresServer {
    if (this.ownPostgres === undefined) throw new Error('give the fault a PostgreSQL of its own');
    return this.ownPostgres;
  }

  /** The process that consumes the queue. */
  get consumer(): TestProcess {
    const process = this.worker?.process ?? this.plain;
    if (process === undefined) throw new Error('this stack has no worker');
    return process;
  }

  async startApi(extra: Env = {}): Promise<void> {
    const env = { ...this.env, ...this.given.api, ...this.preloadOf('api'), ...extra };
    this.api = await Probity.api(env, this.given.apiShell?.());
  }

  async startWorker(extra: Env = {}, kind = this.given.consumer ?? 'execution'): Promise<void> {
    const env = { WORKER_ID: 'worker-1', ...this.env, ...this.given.worker, ...extra };
    if (kind === 'execution') this.worker = await Probity.worker({ ...env, ...this.preloadOf('worker') });
    if (kind === 'plain') this.plain = await this.startPlain(env);
  }

  async startNaive(extra: Env = {}): Promise<void> {
    const { REDIS_URL = '', DATABASE_URL = '' } = { ...this.env, ...extra };
    await (this.naive as Naive | undefined)?.process.kill();
    this.naive = await Naive.start({ REDIS_URL, DATABASE_URL });
  }

  /** Has the saboteur inside a process break it, or mend it again; resolves when it says so. */
  async toggle(state: 'on' | 'off'): Promise<void> {
    const where = this.given.sabotage?.in;
    const process = where === 'api' ? this.api.process : this.consumer;
    process.signal('SIGUSR2');
    await process.waitForLine(`sabotage ${state}`);
  }

  /** Waits until INFO of Redis has a line, such as `loading:0`. */
  async infoSays(line: string): Promise<void> {
    await eventually(async () => String(await this.redis.command('INFO')).includes(line), {
      what: `INFO of Redis with ${line}`,
      intervalMs: 20,
    });
  }

  /** Runs a statement and keeps its transaction open: what it locks stays locked until it is released. */
  async hold(statement: string): Promise<{ release(): Promise<void> }> {
    const client = new pg.Client({ connectionString: this.database.url });
    client.on('error', () => undefined);
    await client.connect();
    await client.query('BEGIN');
    await client.query(statement);
    const release = () => client.end();
    this.onEnd(release);
    return { release };
  }

  /** Something of the fault's own that has to be gone when it ends, whatever happens. */
  onEnd(stop: () => Promise<void> | void): void {
    this.extra.push(stop);
  }

  /** Ends what was given to `onEnd`. */
  async ended(): Promise<void> {
    for (const stop of this.extra.splice(0).reverse()) await stop();
  }

  async stop(): Promise<void> {
    await this.ended();
    const all = [this.api.process, this.worker?.process, this.plain, this.naive.process];
    await Promise.all(all.flatMap((process) => process?.kill() ?? []));
    await Promise.all([this.redis.kill(), this.provider.stop()]);
    await this.ownPostgres?.kill();
  }

  private async startPlain(env: Env): Promise<TestProcess> {
    const { network } = this;
    const process =
      network === undefined
        ? await TestProcess.start(PLAIN_WORKER, { env })
        : await TestProcess.start('netns', { ...network.node(PLAIN_WORKER), env: network.environment(env) });
    await process.waitForLine('ready');
    return process;
  }

  private preloadOf(where: 'api' | 'worker'): Env {
    const { sabotage } = this.given;
    return sabotage?.in === where ? preload(sabotage.how) : {};
  }
}

function startPostgres(settings: Env, diskMb: number | undefined): Promise<PostgresServer> {
  return PostgresServer.start(settings, diskMb === undefined ? undefined : (dir) => mountDisk(dir, diskMb));
}

/** Makes the tables of the database that the environment names. */
export async function migrate(env: Env): Promise<void> {
  const process = await TestProcess.start('dist/modules/database/migrate.js', { env });
  const { code } = await process.exited;
  if (code !== 0) throw new Error(`migrations failed:\n${process.lines.join('\n')}`);
}

// Redis, PostgreSQL and a language-model provider of the bench's own, and how many commands they have seen.
import { Redis } from 'ioredis';
import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { performance } from 'node:perf_hooks';
import { provideRedis, ROOT, run, startPostgres, startRedis } from '../../build/devkit/index.js';

/** Starts everything once; `close` ends it and removes its data. */
export async function startPlatform(say) {
  const dir = mkdtempSync(join(tmpdir(), 'probity-bench-'));
  // The account that runs PostgreSQL passes through here.
  chmodSync(dir, 0o755);
  const program = await provideRedis(say);
  say('starting redis-server and PostgreSQL');
  const [redis, postgres, provider] = await Promise.all([
    redisServer(program, join(dir, 'redis')),
    startPostgres({
      dir: join(dir, 'postgres'),
      settings: {
        fsync: 'off',
        max_connections: '300',
        shared_preload_libraries: 'pg_stat_statements',
        'pg_stat_statements.track': 'all',
      },
    }),
    startProvider(),
  ]);
  const env = {
    NODE_ENV: 'production',
    LOG_LEVEL: 'error',
    DRAIN_DELAY_MS: '0',
    AUTH_SECRET: 'bench-auth-secret-0001',
    OPS_TOKEN: 'bench-ops-token-0001',
    API_TOKEN: 'bench-api-token-0001',
    OPENAI_API_KEY: 'bench-openai-key-0001',
    OPENAI_BASE_URL: provider.url,
    REDIS_URL: redis.url,
    DATABASE_URL: postgres.url,
  };
  const migration = await run(process.execPath, [join(ROOT, 'dist/modules/database/migrate.js')], {
    env: { PATH: process.env.PATH, ...env },
  });
  if (migration.code !== 0) throw new Error(`the migrations failed:\n${migration.output}`);
  const counter = await countCommands(redis.url, postgres.urlOf('postgres'));
  let redisCount = 0;
  return {
    env,
    redis,
    counter,
    /** Another, empty Redis, for a measurement that harms it or fills it. */
    newRedis: () => redisServer(program, join(dir, `redis-${++redisCount}`)),
    /** A counter of the commands that reach another Redis and the shared PostgreSQL. */
    countCommands: (redisUrl) => countCommands(redisUrl, postgres.urlOf('postgres')),
    async close() {
      await counter.close();
      provider.close();
      await Promise.all([redis.stop(), postgres.stop()]);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

async function redisServer(program, dir) {
  mkdirSync(dir, { recursive: true });
  let instance = await startRedis({ program, dir });
  const { port, url } = instance;
  return {
    url,
    kill: (signal) => instance.kill(signal),
    stop: () => instance.stop(),
    /** Starts it again on the same port, with the data that it had. */
    async restart() {
      await instance.exited;
      instance = await startRedis({ program, dir, port });
    },
  };
}

/** Lists one model to whoever asks, as a provider does. */
async function startProvider() {
  const body = JSON.stringify({ object: 'list', data: [{ id: 'bench-1', object: 'model' }] });
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(body);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/**
 * Counts what the servers were asked: `read()` answers totals since their start, commands inside Lua scripts
 * included, its own excluded.
 */
async function countCommands(redisUrl, databaseUrl) {
  const redis = new Redis(redisUrl);
  const database = new pg.Client({ connectionString: databaseUrl });
  await database.connect();
  await database.query('CREATE EXTENSION IF NOT EXISTS pg_stat_statements');
  let own = 0;
  return {
    async read() {
      const [text, statements] = await Promise.all([
        redis.info('commandstats'),
        database.query('SELECT sum(calls)::int AS calls FROM pg_stat_statements WHERE dbid <> $1::oid', [
          await idOf(database),
        ]),
      ]);
      const calls = [...text.matchAll(/calls=(\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
      return { at: performance.now(), redis: calls - own++, postgres: statements.rows[0].calls ?? 0 };
    },
    async close() {
      redis.disconnect();
      await database.end();
    },
  };
}

async function idOf(database) {
  const { rows } = await database.query('SELECT oid FROM pg_database WHERE datname = current_database()');
  return rows[0].oid;
}

/** Commands a second between two readings. */
export function rates(before, after) {
  const seconds = (after.at - before.at) / 1000;
  return {
    redis: (after.redis - before.redis) / seconds,
    postgres: (after.postgres - before.postgres) / seconds,
    total: (after.redis - before.redis + after.postgres - before.postgres) / seconds,
  };
}

import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import pg from 'pg';
import { OPERATOR } from '../fixtures/platform.js';
import { type TestProcess } from '../fixtures/process.js';
import { tempDir } from '../fixtures/temp-dir.js';
import { freePort } from '../fixtures/ports.js';
import { RedisServer } from '../fixtures/redis.js';
import { emptyDisk, fillDisk, mountingIsPossible, mountSmallDisk } from './harness/disk.js';
import type { Fault, Verdict } from './harness/fault.js';
import { proveFaults } from './harness/prove.js';
import type { Given, Stack } from './harness/stack.js';

const queueFails = (code: string, restart: Verdict['restart'] = 'useless'): Verdict => ({
  ready: false,
  heartbeat: 'fail',
  health: 'fail',
  check: 'queue',
  code,
  restart,
  target: 'worker',
  because: 'queue',
});
const queueWarns = (code: string, restart: Verdict['restart'] = 'harmful'): Verdict => ({
  ready: true,
  heartbeat: 'pass',
  health: 'warn',
  check: 'queue',
  code,
  restart,
  target: 'worker',
});
const databaseWarns = (code: string): Verdict => ({
  ready: true,
  heartbeat: null,
  health: 'warn',
  check: 'database',
  code,
  restart: 'harmful',
  target: 'self',
});
const workerFails = (code: string, restart: Verdict['restart']): Verdict => ({
  ready: true,
  heartbeat: 'fail',
  health: 'fail',
  check: 'worker',
  code,
  restart,
  target: 'worker',
});
const SOON = { detectWithinMs: 2000, recoverWithinMs: 5000 };
const KNOCKS = { detectWithinMs: 17_000, recoverWithinMs: 5000, witness: 'a fresh connection every 15 s' };

/** The platform uses a Redis user of its own, whose rights can be taken away. */
const OWN_USER: Given = {
  before: async ({ redis }) => {
    await redis.command('ACL', 'SETUSER', 'app', 'on', '>open-sesame-0001', '~*', '&*', '+@all');
    return { REDIS_URL: redis.url.replace('redis://', 'redis://app:open-sesame-0001@') };
  },
};
const allow = (stack: Stack, rule: string) => stack.redis.command('ACL', 'SETUSER', 'app', rule);

async function restartApi(stack: Stack, settings: Readonly<Record<string, string>> = {}): Promise<void> {
  await stack.api.process.stop();
  await stack.startApi(settings);
}

/** So many connections to PostgreSQL that are never given back. */
async function occupy(stack: Stack): Promise<void> {
  const held: pg.Client[] = [];
  let stopped = false;
  const takeOne = async (): Promise<boolean> => {
    const client = new pg.Client({ connectionString: stack.database.url });
    client.on('error', () => undefined);
    try {
      await client.connect();
      held.push(client);
      return true;
    } catch {
      return false;
    }
  };
  stack.onEnd(async () => {
    stopped = true;
    await Promise.all(held.map((client) => client.end()));
  });
  while (await takeOne());
  // Whatever is given back is taken as well.
  const goOn = async (): Promise<void> => {
    while (!stopped) if (!(await takeOne())) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  void goOn();
}

/** A Redis that speaks TLS with a certificate that nobody vouches for; answers its port. */
async function untrustedRedis(): Promise<number> {
  const dir = tempDir('tls');
  const [key, cert] = [join(dir, 'key.pem'), join(dir, 'cert.pem')];
  const what = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=localhost'];
  execFileSync('openssl', ['req', ...what, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  const port = await freePort();
  const files = ['--tls-cert-file', cert, '--tls-key-file', key, '--tls-auth-clients', 'no'];
  await RedisServer.start(['--tls-port', String(port), ...files]);
  return port;
}

let second: TestProcess | undefined;
let redisAdmin: ReturnType<RedisServer['client']> | undefined;
let databaseAdmin: pg.Client | undefined;
let lock: { release(): Promise<void> } | undefined;

proveFaults('X. faults that are in no catalogue', [
  {
    id: 'X1',
    title: 'the Redis user loses the right to run scripts',
    given: OWN_USER,
    expected: queueFails('redis.not_permitted'),
    ...SOON,
    inject: async (stack) => void (await allow(stack, '-@scripting')),
    heal: async (stack) => void (await allow(stack, '+@scripting')),
  },
  {
    id: 'X2',
    title: 'the Redis user loses the right to a single command that jobs need',
    given: OWN_USER,
    expected: queueFails('redis.not_permitted'),
    detectWithinMs: 5000,
    witness: 'the end-to-end canary, every 2 s here, which is refused',
    recoverWithinMs: 5000,
    inject: async (stack) => void (await allow(stack, '-lpush')),
    heal: async (stack) => void (await allow(stack, '+lpush')),
  },
  {
    id: 'X3',
    title: 'Redis takes no further client',
    expected: queueWarns('redis.new_connections_fail'),
    ...KNOCKS,
    inject: async ({ redis }) => {
      const clients = Number(/connected_clients:(\d+)/.exec(String(await redis.command('INFO')))?.[1]);
      redisAdmin = redis.client();
      await redisAdmin.config('SET', 'maxclients', String(clients));
    },
    heal: async () => void (await redisAdmin?.config('SET', 'maxclients', '10000')),
  },
  {
    id: 'X4',
    title: 'a script keeps Redis busy',
    given: { redis: ['--lua-time-limit', '300'] },
    expected: queueFails('redis.busy'),
    ...SOON,
    inject: ({ redis }) => {
      const client = redis.client({ commandTimeout: 60_000 });
      client.eval('while true do end', 0).catch(() => undefined);
      return Promise.resolve();
    },
    heal: async ({ redis }) => void (await redis.command('SCRIPT', 'KILL')),
  },
  {
    id: 'X5',
    title: 'a key of the queue has become another type',
    expected: queueFails('redis.unexpected_reply'),
    detectWithinMs: 5000,
    witness: 'the end-to-end canary, every 2 s here, which is refused',
    recoverWithinMs: 5000,
    inject: async ({ redis }) => void (await redis.command('SET', 'bull:execution:wait', 'no list')),
    heal: async ({ redis }) => void (await redis.command('DEL', 'bull:execution:wait')),
  },
  {
    id: 'X6',
    title: 'the worker was given the names of other queues',
    expected: workerFails('worker.stopped', 'helps'),
    ...SOON,
    inject: async (stack) => {
      await stack.consumer.stop();
      await stack.startWorker({ QUEUE_NAMES: 'exceution' });
    },
    heal: async (stack) => {
      await stack.consumer.stop();
      await stack.startWorker();
    },
  },
  {
    id: 'X7',
    title: 'a forgotten transaction locks the executions',
    expected: {
      ready: true,
      heartbeat: null,
      health: 'fail',
      check: 'workflows',
      code: 'workflows.unreadable',
      restart: 'useless',
      target: 'self',
    },
    detectWithinMs: 21_000,
    witness: 'the figures of the executions, read every 15 s',
    recoverWithinMs: 20_000,
    inject: async (stack) => {
      lock = await stack.hold('LOCK TABLE executions IN ACCESS EXCLUSIVE MODE');
    },
    heal: async () => void (await lock?.release()),
  },
  {
    id: 'X8',
    title: 'PostgreSQL takes no further connection',
    given: { postgres: { max_connections: '30' } },
    expected: databaseWarns('database.connection_limit_reached'),
    ...KNOCKS,
    inject: occupy,
    heal: (stack) => stack.ended(),
  },
  {
    id: 'X9',
    title: 'the password of the database is rotated',
    given: { postgres: {} },
    expected: databaseWarns('database.credentials_rotated'),
    ...KNOCKS,
    inject: async ({ postgres }) => {
      databaseAdmin = new pg.Client({ connectionString: postgres.url });
      await databaseAdmin.connect();
      await databaseAdmin.query(`ALTER ROLE CURRENT_USER PASSWORD 'after'`);
    },
    heal: async ({ postgres }) => {
      await databaseAdmin?.query(`ALTER ROLE CURRENT_USER PASSWORD '${new URL(postgres.url).password}'`);
      await databaseAdmin?.end();
    },
  },
  {
    id: 'X10',
    title: 'the certificate of Redis is not trusted',
    expected: queueFails('redis.tls_failed'),
    ...SOON,
    inject: async (stack) => restartApi(stack, { REDIS_URL: `rediss://127.0.0.1:${await untrustedRedis()}` }),
    heal: (stack) => restartApi(stack),
  },
  {
    id: 'X11',
    title: 'something else answers 200 where the provider was',
    expected: {
      ready: false,
      heartbeat: 'pass',
      health: 'fail',
      check: 'llm',
      code: 'llm.unexpected_answer',
      restart: 'useless',
      target: 'self',
    },
    ...SOON,
    witness: 'the next question to the provider',
    inject: async (stack) => {
      stack.provider.behave('html');
      await askProvider(stack);
    },
    heal: async (stack) => {
      stack.provider.behave('well');
      await askProvider(stack);
    },
  },
  {
    id: 'X12',
    title: 'the name of Redis is not known',
    expected: queueFails('redis.unresolved'),
    ...SOON,
    inject: (stack) => restartApi(stack, { REDIS_URL: 'redis://redis.invalid:6379' }),
    heal: (stack) => restartApi(stack),
  },
  {
    id: 'X13',
    title: 'the append-only file can be written but not rewritten',
    given: { before: ({ redis }) => mountSmallDisk(redis, 12) },
    expected: queueWarns('redis.aof_rewrite_failing'),
    ...SOON,
    canInject: mountingIsPossible,
    prepare: async ({ redis }) => {
      const client = redis.client();
      for (let n = 0; n < 40; n++) await client.set(`filler:${n}`, randomBytes(100_000));
    },
    inject: async (stack) => {
      fillDisk(stack.redis.dataDir, { butKilobytes: 1500 });
      await stack.redis.command('BGREWRITEAOF');
      await stack.infoSays('aof_last_bgrewrite_status:err');
    },
    heal: async (stack) => {
      emptyDisk(stack.redis.dataDir);
      await stack.redis.command('BGREWRITEAOF');
      await stack.infoSays('aof_last_bgrewrite_status:ok');
    },
  },
  {
    id: 'X14',
    title: 'two workers with one WORKER_ID',
    given: { consumer: 'plain' },
    expected: { ...workerFails('worker.duplicate_id', 'useless'), heartbeat: 'warn', health: 'warn' },
    ...SOON,
    detectWithinMs: 8000,
    witness: 'beats of two lives, one after the other',
    recoverWithinMs: 14_000,
    inject: async (stack) => {
      const first = stack.plain;
      await stack.startWorker();
      second = stack.plain;
      stack.plain = first;
    },
    heal: async () => void (await second?.stop()),
  },
] satisfies Fault[]);

async function askProvider({ api, provider }: Stack): Promise<void> {
  const before = provider.requests.length;
  await api.until('/readyz?fresh', () => provider.requests.length > before, {
    headers: OPERATOR,
    what: 'a question to the provider',
  });
}

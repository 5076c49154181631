import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { freePort } from '../fixtures/ports.js';
import { RedisServer } from '../fixtures/redis.js';
import { tempDir } from '../fixtures/temp-dir.js';
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
const SOON = { detectWithinMs: 2000, recoverWithinMs: 5000 };
const KNOCKS = { detectWithinMs: 12_000, recoverWithinMs: 5000, witness: 'a fresh connection every 10 s' };

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

let redisAdmin: ReturnType<RedisServer['client']> | undefined;

proveFaults('X. faults of Redis that are in no catalogue', [
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
    id: 'X10',
    title: 'the certificate of Redis is not trusted',
    expected: queueFails('redis.tls_failed'),
    ...SOON,
    inject: async (stack) => restartApi(stack, { REDIS_URL: `rediss://127.0.0.1:${await untrustedRedis()}` }),
    heal: (stack) => restartApi(stack),
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
] satisfies Fault[]);

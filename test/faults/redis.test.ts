import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eventually } from '../fixtures/eventually.js';
import type { RedisServer } from '../fixtures/redis.js';
import type { Fault, Verdict } from './harness/fault.js';
import { emptyDisk, fillDisk, mountingIsPossible, mountSmallDisk } from './harness/disk.js';
import { proveFaults } from './harness/prove.js';
import type { Stack } from './harness/stack.js';

const refusing = (code: string, restart: Verdict['restart'] = 'useless', says?: RegExp): Verdict => ({
  ready: false,
  heartbeat: 'fail',
  health: 'fail',
  check: 'queue',
  code,
  restart,
  target: 'worker',
  because: 'queue',
  ...(says === undefined ? {} : { says }),
});
const SOON = { detectWithinMs: 2000, recoverWithinMs: 5000 };

/** A folder with something in it where the snapshot belongs: no save can ever succeed. */
function blockSnapshots({ redis }: Pick<Stack, 'redis'>): void {
  const where = join(redis.dataDir, 'd.rdb');
  rmSync(where, { force: true, recursive: true });
  mkdirSync(where);
  writeFileSync(join(where, 'in-the-way'), '');
}

const SNAPSHOTS = ['--save', '1 1', '--dbfilename', 'd.rdb'];

/** One that the server began by itself is waited for. */
async function save({ redis }: Stack): Promise<void> {
  await eventually(() => redis.command('BGSAVE'), { intervalMs: 20, what: 'the beginning of a save' });
}

/** Resolves when the server itself knows that it cannot save. */
async function failToSave(stack: Stack): Promise<void> {
  blockSnapshots(stack);
  await save(stack);
  await stack.infoSays('rdb_last_bgsave_status:err');
}

async function saveAgain(stack: Stack): Promise<void> {
  rmSync(join(stack.redis.dataDir, 'd.rdb'), { recursive: true });
  await save(stack);
  await stack.infoSays('rdb_last_bgsave_status:ok');
}

const faults: Fault[] = [
  {
    id: 'A1',
    title: 'snapshots fail, writes refused',
    given: { redis: SNAPSHOTS },
    expected: refusing('redis.snapshot_failing', 'harmful'),
    ...SOON,
    inject: failToSave,
    heal: saveAgain,
  },
  {
    id: 'A2',
    title: 'snapshots fail, writes still allowed',
    given: { redis: [...SNAPSHOTS, '--stop-writes-on-bgsave-error', 'no'] },
    expected: refusing('redis.snapshot_failing', 'harmful'),
    ...SOON,
    inject: failToSave,
    heal: saveAgain,
  },
  {
    id: 'A3',
    title: 'disk of the append-only file full',
    given: {
      before: async ({ redis }) => {
        await mountSmallDisk(redis);
      },
    },
    expected: refusing('redis.aof_failing'),
    ...SOON,
    canInject: mountingIsPossible,
    inject: async ({ redis }) => fillDisk(redis.dataDir),
    heal: async ({ redis }) => emptyDisk(redis.dataDir),
  },
  {
    id: 'A4',
    title: 'out of memory, noeviction',
    given: { redis: ['--maxmemory', '5mb'] },
    expected: refusing('redis.out_of_memory', 'harmful'),
    ...SOON,
    inject: async (stack) => {
      const producer = fillMemory(stack.redis);
      stack.onEnd(producer.stop);
      await producer.full;
    },
    heal: async (stack) => {
      await stack.ended();
      const client = stack.redis.client();
      await client.unlink(...(await client.keys('filler:*')));
    },
  },
  {
    id: 'A5',
    title: 'replica, read-only',
    expected: refusing('redis.read_only'),
    ...SOON,
    inject: async ({ redis }) => void (await redis.command('REPLICAOF', '127.0.0.1', 7199)),
    heal: async ({ redis }) => void (await redis.command('REPLICAOF', 'NO', 'ONE')),
  },
  {
    id: 'A7',
    title: 'writes paused by a failover',
    expected: refusing('redis.writes_paused'),
    detectWithinMs: 2500,
    recoverWithinMs: 5000,
    inject: async ({ redis }) => void (await redis.command('CLIENT', 'PAUSE', 60_000, 'WRITE')),
    heal: async ({ redis }) => void (await redis.command('CLIENT', 'UNPAUSE')),
  },
  {
    id: 'A8',
    title: 'Redis frozen',
    expected: refusing('redis.timeout'),
    detectWithinMs: 2500,
    recoverWithinMs: 5000,
    inject: async ({ redis }) => redis.pause(),
    heal: async ({ redis }) => redis.resume(),
  },
  {
    id: 'A10',
    title: 'loading its data set',
    given: { redis: ['--enable-debug-command', 'yes'] },
    expected: refusing('redis.loading', 'harmful', /left/),
    ...SOON,
    prepare: async ({ redis }) => {
      await redis.command('DEBUG', 'POPULATE', 20_000, 'filler', 100);
    },
    inject: async (stack) => {
      const { redis } = stack;
      await redis.command('BGREWRITEAOF');
      await stack.infoSays('aof_rewrite_in_progress:0');
      await redis.kill();
      const slowly = ['--key-load-delay', '2000', '--loading-process-events-interval-bytes', '1024'];
      await redis.restart({ args: ['--enable-debug-command', 'yes', ...slowly], until: 'listening' });
    },
    heal: async (stack) => {
      await stack.redis.command('CONFIG', 'SET', 'key-load-delay', '0');
      await stack.infoSays('loading:0');
    },
  },
  {
    id: 'A12',
    title: 'password rotated',
    given: {
      before: async ({ redis }) => {
        await redis.command('ACL', 'SETUSER', 'app', 'on', '>before', '~*', '&*', '+@all');
        return { REDIS_URL: redis.url.replace('redis://', 'redis://app:before@') };
      },
    },
    expected: {
      ready: true,
      heartbeat: 'pass',
      health: 'warn',
      check: 'queue',
      code: 'redis.credentials_rotated',
      restart: 'harmful',
      target: 'worker',
    },
    witness: 'a fresh connection every 10 s',
    detectWithinMs: 12_000,
    recoverWithinMs: 5000,
    inject: async ({ redis }) => void (await redis.command('ACL', 'SETUSER', 'app', 'resetpass', '>after')),
    then: [
      {
        title: 'and the connections drop',
        expected: refusing('redis.credentials_rejected'),
        detectWithinMs: 2000,
        inject: async ({ redis }) => void (await redis.command('CLIENT', 'KILL', 'USER', 'app')),
      },
    ],
    heal: async ({ redis }) => void (await redis.command('ACL', 'SETUSER', 'app', 'resetpass', '>before')),
  },
  {
    id: 'A13',
    title: 'TLS client, plain port',
    expected: refusing('redis.connect_timeout'),
    detectWithinMs: 3000,
    recoverWithinMs: 5000,
    inject: async (stack) => {
      await stack.api.process.stop();
      const settings = { REDIS_URL: stack.redis.url.replace('redis://', 'rediss://') };
      await Promise.all([stack.startApi(settings), stack.startNaive(settings)]);
    },
    heal: async (stack) => {
      await stack.api.process.stop();
      await stack.startApi();
    },
  },
];

proveFaults('A. Redis answers but cannot take work', faults);

/** A producer that adds jobs of 4 kB, and whatever still fits, until it is stopped; `full` at the first refusal. */
function fillMemory(redis: RedisServer): { full: Promise<void>; stop: () => void } {
  const client = redis.client();
  let stopped = false;
  let count = 0;
  const add = (bytes: number) => client.set(`filler:${count++}`, 'x'.repeat(bytes));
  const untilRefused = async (bytes: number): Promise<void> => {
    try {
      while (!stopped) await add(bytes);
    } catch (error) {
      if (!String(error).includes('OOM')) throw error;
    }
  };
  const full = untilRefused(4096).then(() => untilRefused(16));
  const goOn = async (): Promise<void> => {
    await full;
    while (!stopped) {
      await untilRefused(16);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  };
  void goOn();
  return { full, stop: () => void (stopped = true) };
}

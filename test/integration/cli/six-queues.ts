import { Queue } from 'bullmq';
import { atEnd } from '../../fixtures/cleanup.js';
import { eventually } from '../../fixtures/eventually.js';
import { TestProcess } from '../../fixtures/process.js';
import { RedisServer } from '../../fixtures/redis.js';

const BACKLOG = 300_000;
/** Made in so many at a time, so that Redis answers others meanwhile. */
const AT_ONCE = 20_000;
const HOUR = 3_600_000;

/** Jobs as BullMQ leaves them, without the half a minute that it would take. ARGV: from, how many, when they were added. */
const FILL = `
for id = ARGV[1] + 1, ARGV[1] + ARGV[2] do
  redis.call('HSET', KEYS[1] .. ':' .. id, 'name', 'resize', 'data', '{}', 'opts', '{"attempts":0}',
    'timestamp', ARGV[3], 'delay', '0', 'priority', '0')
  redis.call('LPUSH', KEYS[1] .. ':wait', id)
end
redis.call('SET', KEYS[1] .. ':id', ARGV[1] + ARGV[2])
`;

/** Queues of an application that has never heard of Probity, each in a state of its own, on a Redis that evicts. */
export async function sixQueues(): Promise<RedisServer> {
  const redis = await RedisServer.start(['--maxmemory', '512mb', '--maxmemory-policy', 'allkeys-lru']);
  const { host, port } = redis;
  const queueOf = (name: string) => {
    const queue = new Queue(name, { connection: { host, port }, skipVersionCheck: true });
    queue.on('error', () => undefined);
    atEnd(() => queue.close());
    return queue;
  };
  const worker = (queue: string, env: Readonly<Record<string, string>> = {}) =>
    TestProcess.child('integration/cli/worker.child.mjs', {
      env: { REDIS_PORT: String(port), QUEUE: queue, ...env },
    });
  const [push, mail, ...others] = await Promise.all([
    worker('push', { EVERY_MS: '40' }),
    worker('mail'),
    worker('newsletter'),
    worker('reports'),
    worker('billing', { JOB: 'fails', EVERY_MS: '400' }),
    worker('thumbnails', { JOB: 'slow' }),
  ]);
  for (const each of [push, mail, ...others]) await each.waitForLine('ready');
  const client = redis.client();
  await fill(queueOf('thumbnails'), client);
  await wedged(queueOf('mail'), mail);
  const newsletter = queueOf('newsletter');
  await newsletter.pause();
  await newsletter.addBulk(jobs(5, 2 * HOUR));
  const reports = queueOf('reports');
  await reports.upsertJobScheduler('nightly', { pattern: '0 3 1 1 *' });
  const [id = ''] = await client.keys('bull:reports:repeat:nightly:*');
  await client.del(id);
  await client.zadd('bull:reports:repeat', Date.now() - 6 * HOUR, 'nightly');
  await client.zremrangebyrank('bull:reports:delayed', 0, -1);
  await eventually(async () => (await client.zcard('bull:billing:failed')) >= 6, { timeoutMs: 20_000 });
  return redis;
}

const jobs = (count: number, agoMs: number) =>
  Array.from({ length: count }, (_, n) => ({
    name: 'send',
    data: {},
    opts: { timestamp: Date.now() - agoMs + n * 1000 },
  }));

async function wedged(queue: Queue, worker: TestProcess): Promise<void> {
  // As one that hangs: its connections stay open, and it takes nothing.
  worker.signal('SIGSTOP');
  await queue.addBulk(jobs(12, 240_000));
}

async function fill(queue: Queue, client: ReturnType<RedisServer['client']>): Promise<void> {
  for (let from = 0; from < BACKLOG; from += AT_ONCE)
    await client.eval(FILL, 1, 'bull:thumbnails', from, AT_ONCE, Date.now() - HOUR);
  // The first one that is added wakes the worker.
  await queue.add('resize', {});
}

// What the checks cost by themselves, at their default cadence, and how that grows.
import { setTimeout as pause } from 'node:timers/promises';
import { median, shown } from '../lib/numbers.mjs';
import { rates } from '../lib/platform.mjs';
import { cpuMs, residentMb, startServer } from '../lib/processes.mjs';

const SETTLE_MS = 4000;
/** Processor time is the median of so many windows: what a neighbour of this machine does in one is not ours. */
const WINDOWS = 6;

/** One worker, one queue: commands a second, and the processor time against the same api without checks. */
export async function cost({ platform, plan, say }) {
  const redis = await platform.newRedis();
  const counter = await platform.countCommands(redis.url);
  const env = { ...platform.env, REDIS_URL: redis.url };
  const worker = await startServer('dist/workers/execution.worker.js', { env, portName: 'WORKER_PORT' });
  const running = [worker];
  try {
    running.push(await startServer('bench/servers/api-without-checks.mjs', { env }));
    await pause(SETTLE_MS);
    say(`cost: ${plan.costSeconds} s without checks`);
    const without = await watch(running[1].pid, counter, plan.costSeconds);
    running.push(await startServer('build/main.js', { env }));
    await pause(SETTLE_MS);
    say(`cost: ${plan.costSeconds} s with checks`);
    const both = await watch(running[2].pid, counter, plan.costSeconds, running[1].pid);
    const rows = [
      { name: 'worker and api without checks', ...without },
      { name: 'the checks of the api', ...difference(both, without) },
    ];
    return { rows, aims: aimsOf(rows[1]) };
  } finally {
    await Promise.all(running.map((each) => each.stop()));
    await counter.close();
    await redis.stop();
  }
}

async function watch(pid, counter, seconds, otherPid) {
  const before = await counter.read();
  const own = [];
  const above = [];
  for (let window = 0; window < WINDOWS; window++) {
    const [cpu, otherCpu] = [cpuMs(pid), otherPid && cpuMs(otherPid)];
    await pause((seconds / WINDOWS) * 1000);
    if (cpu === undefined) continue;
    const share = (cpuMs(pid) - cpu) / ((seconds / WINDOWS) * 10);
    own.push(share);
    if (otherPid) above.push(share - (cpuMs(otherPid) - otherCpu) / ((seconds / WINDOWS) * 10));
  }
  return {
    ...rates(before, await counter.read()),
    cpu: own.length > 0 ? median(own) : undefined,
    above: above.length > 0 ? median(above) : undefined,
    mb: residentMb(pid),
  };
}

/** Processor time is compared over the same seconds, since the machine may have others on it. */
function difference(both, without) {
  return {
    redis: both.redis - without.redis,
    postgres: both.postgres - without.postgres,
    total: both.total - without.total,
    cpu: both.above,
    mb: both.mb,
  };
}

function aimsOf(checks) {
  return [
    {
      what: 'the checks, commands a second',
      aim: '< 20',
      seen: shown(checks.total, 1),
      reached: checks.total < 20,
    },
    {
      what: 'the checks, points of a core',
      aim: '≤ 1',
      seen: shown(checks.cpu, 2),
      reached: checks.cpu === undefined || checks.cpu <= 1,
    },
  ];
}

/** The same with more queues, and with more workers. */
export async function growth({ platform, plan, say }) {
  const rows = [];
  const cases = [
    ...plan.queues.map((queues) => ({ queues, workers: 1 })),
    ...plan.workers.filter((workers) => workers > 1).map((workers) => ({ queues: 1, workers })),
  ];
  for (const size of cases) {
    say(`growth: ${size.queues} queues, ${size.workers} workers on each`);
    rows.push({ ...size, ...(await costAt(size, platform, plan)) });
  }
  return { rows, aims: aimsOfGrowth(rows) };
}

async function costAt({ queues, workers }, platform, plan) {
  const redis = await platform.newRedis();
  const counter = await platform.countCommands(redis.url);
  const names = Array.from({ length: queues }, (_, index) => `queue-${index + 1}`).join(',');
  const env = { ...platform.env, REDIS_URL: redis.url, QUEUE_NAMES: names };
  const running = [];
  try {
    const them = { REDIS_URL: redis.url, QUEUES: names, WORKERS: String(workers) };
    running.push(await startServer('bench/servers/many-workers.mjs', { env: them, path: '/' }));
    const crowdAlone = async () => {
      await pause(SETTLE_MS);
      const before = await counter.read();
      await pause(plan.growthSeconds * 1000);
      return rates(before, await counter.read()).redis;
    };
    const first = await crowdAlone();
    running.push(await startServer('dist/main.js', { env }));
    await pause(SETTLE_MS);
    const { redis: all, postgres, cpu, mb } = await watch(running[1].pid, counter, plan.growthSeconds);
    await running.pop().stop();
    // A crowd slows down with time: what it asks by itself is taken from both sides.
    const crowd = (first + (await crowdAlone())) / 2;
    return { redis: all - crowd, crowd, postgres, cpu, mb };
  } finally {
    await Promise.all(running.map((each) => each.stop()));
    await counter.close();
    await redis.stop();
  }
}

/** Linear or better: a hundred times as many cost at most a hundred times as much. */
function aimsOfGrowth(rows) {
  const one = rows[0];
  return rows.slice(1).map(({ queues, workers, redis }) => ({
    what: `Redis commands a second with ${queues} queues × ${workers} workers`,
    aim: `≤ ${shown(queues * workers)} × those of one`,
    seen: `${shown(redis / one.redis, 1)} ×`,
    reached: redis / one.redis <= queues * workers,
  }));
}

export const costTable = {
  title: 'What the checks cost',
  columns: [
    ['what', (row) => row.name],
    ['Redis commands/s', (row) => shown(row.redis, 1)],
    ['Postgres statements/s', (row) => shown(row.postgres, 1)],
    ['together/s', (row) => shown(row.total, 1)],
    ['% of a core', (row) => shown(row.cpu, 2)],
    ['MB', (row) => shown(row.mb)],
  ],
};

export const growthTable = {
  title: 'How the cost grows',
  columns: [
    ['queues', (row) => shown(row.queues)],
    ['workers on each', (row) => shown(row.workers)],
    ['Redis commands/s', (row) => shown(row.redis, 1)],
    ['of the workers themselves', (row) => shown(row.crowd)],
    ['Postgres statements/s', (row) => shown(row.postgres, 1)],
    ['api, % of a core', (row) => shown(row.cpu, 1)],
    ['api, MB', (row) => shown(row.mb)],
  ],
};

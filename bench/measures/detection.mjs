// How long a fault stays unseen: from the signal that makes it to the first answer that tells of it.
import { Agent } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { median, shown } from '../lib/numbers.mjs';
import { startServer, startServers, statusOf } from '../lib/processes.mjs';
import { SERVERS } from '../lib/targets.mjs';
import { performance } from 'node:perf_hooks';

const ASK_EVERY_MS = 5;
/** After an outage of Redis, workers are given five seconds to subscribe again before any is called gone. */
const SETTLE_MS = 7000;
const HEARTBEAT = '/api/production/queue/heartbeat';

export async function detection({ platform, plan, say }) {
  const redis = await platform.newRedis();
  const env = { ...platform.env, REDIS_URL: redis.url };
  const servers = await startServers([
    ['api', SERVERS.probity.entry, { env }],
    ['peer', SERVERS.terminusFastify.entry, { env, path: '/readyz' }],
  ]);
  const [api, peer] = [servers.get('api'), servers.get('peer')];
  const worker = new Worker({ ...env, WORKER_ID: 'bench', ...plan.workerEnv });
  try {
    await worker.start();
    await becomes(`${api.url}${HEARTBEAT}`, 200);
    const rows = [];
    for (const fault of faults({ redis, worker, plan })) {
      say(`detection: ${fault.name}`);
      rows.push(await measure(fault, api, peer));
    }
    const aims = rows.map(({ name, detectMs, aimMs }) => ({
      what: `${name}: seen`,
      aim: `≤ ${shown(aimMs)} ms`,
      seen: `${shown(Math.max(...detectMs))} ms at worst`,
      reached: Math.max(...detectMs) <= aimMs,
    }));
    return { rows, aims };
  } finally {
    await worker.stop();
    await Promise.all([api.stop(), peer.stop()]);
    await redis.stop();
  }
}

/** The worker under test: each `start` is a new life. */
class Worker {
  constructor(env) {
    this.env = env;
  }
  async start() {
    const entry = 'dist/workers/execution.worker.js';
    this.process = await startServer(entry, { env: this.env, portName: 'WORKER_PORT' });
  }
  kill(signal) {
    this.process.kill(signal);
  }
  async stop() {
    await this.process?.stop();
  }
}

function faults({ redis, worker, plan }) {
  const heartbeatTimeoutMs = Number(plan.workerEnv.WORKER_HEARTBEAT_TIMEOUT_MS ?? 30_000);
  return [
    {
      name: 'kill -9 of Redis',
      path: '/readyz',
      aimMs: 250,
      times: plan.detections,
      inject: () => redis.kill('SIGKILL'),
      heal: () => redis.restart(),
    },
    {
      name: 'SIGSTOP of Redis',
      path: '/readyz',
      aimMs: 2500,
      times: plan.detections,
      inject: () => redis.kill('SIGSTOP'),
      heal: () => redis.kill('SIGCONT'),
    },
    {
      name: 'kill -9 of the worker',
      path: HEARTBEAT,
      aimMs: 2000,
      times: plan.detections,
      inject: () => worker.kill('SIGKILL'),
      heal: () => worker.start(),
    },
    {
      name: 'SIGSTOP of the worker',
      path: HEARTBEAT,
      aimMs: heartbeatTimeoutMs + 1000,
      times: 1,
      inject: () => worker.kill('SIGSTOP'),
      heal: () => worker.kill('SIGCONT'),
    },
  ];
}

async function measure(fault, api, peer) {
  const seen = { detectMs: [], recoverMs: [], peerMs: [] };
  await pause(SETTLE_MS);
  for (let time = 1; time <= fault.times; time++) {
    // Not always at the same point of the checks' cadence.
    await pause(1500 + 700 * Math.random());
    const since = performance.now();
    fault.inject();
    const peerSaw = becomes(`${peer.url}/readyz`, 503, 10_000).then(
      (at) => at - since,
      () => null,
    );
    seen.detectMs.push((await becomes(`${api.url}${fault.path}`, 503)) - since);
    seen.peerMs.push(await peerSaw);
    const healedAt = performance.now();
    await fault.heal();
    seen.recoverMs.push((await becomes(`${api.url}${fault.path}`, 200)) - healedAt);
  }
  return { name: fault.name, path: fault.path, aimMs: fault.aimMs, ...seen };
}

/** The moment of the first answer with this status. */
export async function becomes(url, wanted, timeoutMs = 60_000) {
  const agent = new Agent({ keepAlive: true });
  const deadline = performance.now() + timeoutMs;
  try {
    while ((await statusOf(url, agent)) !== wanted) {
      if (performance.now() > deadline) throw new Error(`${url} never answered ${wanted}`);
      await pause(ASK_EVERY_MS);
    }
    return performance.now();
  } finally {
    agent.destroy();
  }
}

export const detectionTable = {
  title: 'Time to detect',
  columns: [
    ['fault', (row) => row.name],
    ['asked', (row) => row.path],
    ['detected ms (median)', (row) => shown(median(row.detectMs))],
    ['worst ms', (row) => shown(Math.max(...row.detectMs))],
    ['recovered ms after healing (median)', (row) => shown(median(row.recoverMs))],
    ['Terminus on Fastify, detected ms', (row) => peerSaw(row.peerMs)],
  ],
};

function peerSaw(times) {
  return times.includes(null) ? 'never' : shown(median(times));
}

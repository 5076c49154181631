// Requests a second, latency and processor time of every endpoint, and what one probe costs the dependencies.
import { setTimeout as pause } from 'node:timers/promises';
import { load } from '../lib/load.mjs';
import { median, shown } from '../lib/numbers.mjs';
import { rates } from '../lib/platform.mjs';
import { cpuMs, residentMb, startServers, statusOf } from '../lib/processes.mjs';
import { ENDPOINTS, SERVERS } from '../lib/targets.mjs';
import { performance } from 'node:perf_hooks';

const SETTLE_MS = 3000;

export async function throughput({ platform, plan, say }) {
  const servers = await startServers(
    Object.entries(SERVERS).map(([id, { entry, path }]) => [id, entry, { env: platform.env, path }]),
  );
  try {
    const urlOf = ({ server, path }) => `${servers.get(server).url}${path}`;
    await mustBeReady(urlOf);
    await pause(SETTLE_MS);
    const idle = await idleRate(platform.counter, plan.idleSeconds);
    const idleMb = new Map([...servers].map(([id, { pid }]) => [id, residentMb(pid)]));
    if (plan.warmUp) for (const endpoint of ENDPOINTS) await load(urlOf(endpoint), 1);
    const runs = new Map(ENDPOINTS.map(({ name }) => [name, []]));
    for (let round = 1; round <= plan.rounds; round++) {
      say(`throughput, round ${round} of ${plan.rounds}`);
      for (const endpoint of ENDPOINTS) {
        const { pid } = servers.get(endpoint.server);
        runs.get(endpoint.name).push(await oneRun(urlOf(endpoint), pid, { platform, plan, idle }));
      }
    }
    return summary(runs, servers, idleMb, idle);
  } finally {
    await Promise.all([...servers.values()].map((server) => server.stop()));
  }
}

async function mustBeReady(urlOf) {
  const deadline = performance.now() + 20_000;
  for (const endpoint of ENDPOINTS) {
    while ((await statusOf(urlOf(endpoint))) !== 200) {
      if (performance.now() > deadline) throw new Error(`${endpoint.name} does not answer 200`);
      await pause(100);
    }
  }
}

async function idleRate(counter, seconds) {
  const before = await counter.read();
  await pause(seconds * 1000);
  return rates(before, await counter.read());
}

async function oneRun(url, pid, { platform, plan, idle }) {
  const cpuBefore = cpuMs(pid);
  const before = await platform.counter.read();
  const run = await load(url, plan.seconds);
  const after = await platform.counter.read();
  const used = cpuBefore === undefined ? undefined : cpuMs(pid) - cpuBefore;
  if (run.refused > 0) throw new Error(`${url} refused ${run.refused} of ${run.requests} requests`);
  const seconds = (after.at - before.at) / 1000;
  // What all servers ask by themselves, probes or not, is subtracted.
  const per1000 = (name) => ((after[name] - before[name] - idle[name] * seconds) / run.requests) * 1000;
  return {
    ...run,
    cpuMicros: used === undefined ? undefined : (used * 1000) / run.requests,
    redisPer1000: per1000('redis'),
    postgresPer1000: per1000('postgres'),
  };
}

function summary(runs, servers, idleMb, idle) {
  const bare = runs.get('bare node:http');
  const of = (name, key) => median(runs.get(name).map((run) => run[key]));
  // Each run against its own round, so that a machine that slows down does not count.
  const against = (name, other) =>
    median(runs.get(name).map((run, round) => run.perSecond / other[round].perSecond));
  const rows = ENDPOINTS.map(({ name, server }) => ({
    name,
    perSecond: of(name, 'perSecond'),
    ofBare: against(name, bare),
    cpuMicros: of(name, 'cpuMicros'),
    p50Ms: of(name, 'p50Ms'),
    p99Ms: of(name, 'p99Ms'),
    redisPer1000: Math.max(0, of(name, 'redisPer1000')),
    postgresPer1000: Math.max(0, of(name, 'postgresPer1000')),
    idleMb: idleMb.get(server),
    loadedMb: residentMb(servers.get(server).pid),
  }));
  const times = (name, peer) => against(name, runs.get(peer));
  const aims = ['Probity /readyz', 'Probity /api/production/ready'].flatMap((name) => [
    aim(`${name} against bare node:http`, against(name, bare), 0.8),
    aim(`${name} against Terminus on Express`, times(name, 'Terminus on Express'), 12),
    aim(`${name} against Terminus on Fastify`, times(name, 'Terminus on Fastify'), 4),
  ]);
  const probity = rows.find(({ name }) => name === 'Probity /livez');
  aims.push({
    what: 'api, resident memory at idle',
    aim: '< 150 MB',
    seen: `${shown(probity.idleMb)} MB`,
    reached: probity.idleMb < 150,
  });
  for (const row of rows.filter(({ name }) => name.startsWith('Probity'))) {
    const commands = row.redisPer1000 + row.postgresPer1000;
    aims.push({
      what: `${row.name}, commands per 1,000 probes`,
      aim: '0',
      seen: shown(commands, 1),
      // Less than one in a thousand is the jitter of the checks' own pace.
      reached: commands < 1,
    });
  }
  return { rows, aims, idleCommandsPerSecond: idle, runs: Object.fromEntries(runs) };
}

function aim(what, ratio, least) {
  return { what, aim: `≥ ${least} ×`, seen: `${shown(ratio, 2)} ×`, reached: ratio >= least };
}

export const throughputTable = {
  title: 'Probes under load',
  columns: [
    ['endpoint', (row) => row.name],
    ['requests/s', (row) => shown(row.perSecond)],
    ['of bare', (row) => shown(row.ofBare, 2)],
    ['p50 ms', (row) => shown(row.p50Ms, 2)],
    ['p99 ms', (row) => shown(row.p99Ms, 2)],
    ['CPU µs/probe', (row) => shown(row.cpuMicros, 1)],
    ['Redis commands/1,000', (row) => shown(row.redisPer1000, 1)],
    ['Postgres statements/1,000', (row) => shown(row.postgresPer1000, 1)],
    ['MB idle', (row) => shown(row.idleMb)],
    ['MB after load', (row) => shown(row.loadedMb)],
  ],
};

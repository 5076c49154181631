// npm run series [name ...]: records what forecasts are tested on, test/unit/forecast/recorded/*.json. A redis-server
// of its own and BullMQ go through each regime, sixty times as fast as it would be: a minute takes a second, and the
// times that are written down are those of the slow one. It takes some eight minutes. With --to=<folder> it writes
// there, for whoever wants to see whether the forecasts are as good on what they were not made on.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { root } from './lib/build.mjs';
import { REGIMES } from './lib/regimes.mjs';

const SCALE = 60;
const SAMPLE_MS = 5000 / SCALE;
const AT_ONCE = 3;
const WARM_UP_MS = 2000;
const args = process.argv.slice(2);
const to = args.find((arg) => arg.startsWith('--to='))?.slice('--to='.length);
const OUT = to ?? join(root, 'test', 'unit', 'forecast', 'recorded');

const wanted = args.filter((arg) => !arg.startsWith('--'));
const names = Object.keys(REGIMES).filter((name) => wanted.length === 0 || wanted.includes(name));
mkdirSync(OUT, { recursive: true });
const left = [...names];
await Promise.all(
  Array.from({ length: AT_ONCE }, async () => {
    for (let name = left.shift(); name !== undefined; name = left.shift()) await record(name);
  }),
);

async function record(name) {
  const { what, number, target, minutes, maxMemory = 0, run } = REGIMES[name];
  const redis = await startRedis(maxMemory);
  const client = new Redis({ port: redis.port, maxRetriesPerRequest: 1 });
  client.on('error', () => undefined);
  const stop = new AbortController();
  // Until then the workers have connected, and nothing is added.
  const startedAt = performance.now() + WARM_UP_MS;
  // Minutes of the regime: those of the clock are seconds.
  const minute = () => ((performance.now() - startedAt) * SCALE) / 60_000;
  const regime = run({ port: redis.port, client, minute, signal: stop.signal });
  const samples = [];
  await sleep(WARM_UP_MS);
  while (minute() < minutes) {
    const value = await valueOf(client, number);
    samples.push(`${Math.round(minute() * 60)}:${value}`);
    if (number === 'memory' && value >= target) break;
    await sleep(Math.max(1, SAMPLE_MS - ((performance.now() - startedAt) % SAMPLE_MS)));
  }
  stop.abort();
  await regime;
  client.disconnect();
  await redis.stop();
  const told = { name, what, number, target, scale: SCALE, samples: samples.join(' ') };
  writeFileSync(join(OUT, `${name}.json`), `${JSON.stringify(told, null, 2)}\n`);
  console.log(`${name}: ${samples.length} samples`);
}

async function valueOf(client, number) {
  if (number === 'jobs') {
    const [waiting, prioritized] = await Promise.all([
      client.llen('bull:work:wait'),
      client.zcard('bull:work:prioritized'),
    ]);
    return waiting + prioritized;
  }
  const info = await client.info('memory');
  const of = (field) => Number(new RegExp(`^${field}:(\\d+)`, 'm').exec(info)?.[1] ?? 0);
  return of('used_memory') - of('mem_not_counted_for_evict');
}

async function startRedis(maxMemory) {
  const dir = mkdtempSync(join(tmpdir(), 'series-'));
  const port = await freePort();
  const args = ['--port', port, '--dir', dir, '--save', '', '--maxmemory', maxMemory];
  const child = spawn('redis-server', [...args.map(String), '--maxmemory-policy', 'noeviction']);
  const exited = new Promise((resolve) => child.once('exit', resolve));
  return {
    port,
    async stop() {
      child.kill('SIGKILL');
      await exited;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

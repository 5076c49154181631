// Measures Probity and its peers, prints tables, and writes JSON to .data/bench/. Called by scripts/bench.mjs.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../build/devkit/index.js';
import { writeDocument } from './lib/document.mjs';
import { loadGenerator } from './lib/load.mjs';
import { startPlatform } from './lib/platform.mjs';
import { circumstances, sections } from './lib/report.mjs';
import { childExit, childExitTable } from './measures/app-server-exit.mjs';
import { gateway, gatewayTable } from './measures/app-server-gateway.mjs';
import { restarts, restartsTable } from './measures/app-server-restarts.mjs';
import { boot, bootTable } from './measures/boot.mjs';
import { cost, costTable, growth, growthTable } from './measures/cost.mjs';
import { detection, detectionTable } from './measures/detection.mjs';
import { openLoop, openLoopTable } from './measures/open-loop.mjs';
import { throughput, throughputTable } from './measures/throughput.mjs';
import { workerImport, workerImportTable } from './measures/worker-import.mjs';

const MEASURES = {
  throughput,
  boot,
  detection,
  'open-loop': openLoop,
  cost,
  growth,
  'child-exit': childExit,
  gateway,
  restarts,
  'worker-import': workerImport,
};
const TABLES = {
  throughput: throughputTable,
  boot: bootTable,
  detection: detectionTable,
  'open-loop': openLoopTable,
  cost: costTable,
  growth: growthTable,
  'child-exit': childExitTable,
  gateway: gatewayTable,
  restarts: restartsTable,
  'worker-import': workerImportTable,
};
export const NAMES = Object.keys(MEASURES);

const FULL = {
  warmUp: true,
  rounds: 5,
  seconds: 4,
  idleSeconds: 20,
  boots: 5,
  detections: 5,
  workerEnv: {},
  asking: 1500,
  unfinished: 500,
  openLoopSeconds: 20,
  costSeconds: 60,
  growthSeconds: 30,
  queues: [1, 10, 100],
  workers: [1, 50, 500],
  childExits: 5,
  gatewayRounds: 5,
  tokens: 400,
  fastTokens: 4000,
  restarts: 10_000,
  imports: 9,
};

/** Shows that everything works, and nothing else: its figures mean little. */
const QUICK = {
  warmUp: false,
  rounds: 1,
  seconds: 1,
  idleSeconds: 1,
  boots: 1,
  detections: 1,
  workerEnv: { WORKER_HEARTBEAT_INTERVAL_MS: '500', WORKER_HEARTBEAT_TIMEOUT_MS: '2000' },
  asking: 50,
  unfinished: 10,
  openLoopSeconds: 3,
  costSeconds: 2,
  growthSeconds: 2,
  queues: [1, 3],
  workers: [1, 5],
  childExits: 1,
  gatewayRounds: 1,
  tokens: 30,
  fastTokens: 100,
  restarts: 100,
  imports: 1,
};

/** Runs the named measurements; answers whether every aim was reached. */
export async function runBench({ names, quick, write }) {
  const say = (line) => process.stderr.write(`… ${line}\n`);
  const plan = quick ? QUICK : FULL;
  const about = circumstances(loadGenerator);
  const platform = await startPlatform(say);
  const results = {};
  try {
    for (const name of NAMES.filter((each) => names.length === 0 || names.includes(each))) {
      results[name] = await MEASURES[name]({ platform, plan, say });
      print(sections({ [name]: results[name] }, TABLES).at(-1));
    }
  } finally {
    await platform.close();
  }
  const parts = sections(results, TABLES);
  print(parts[0]);
  const file = saveJson({ ...about, quick, results });
  process.stdout.write(`\n${about.date}, ${about.machine}, ${about.system}\n${file}\n`);
  if (write) writeDocument('bench', about, parts);
  return Object.values(results).every(({ aims }) => aims.every(({ reached }) => reached));
}

function print({ title, text }) {
  process.stdout.write(`\n${title}\n\n${text}\n`);
}

function saveJson(content) {
  const dir = join(ROOT, '.data', 'bench');
  mkdirSync(dir, { recursive: true });
  const file = join(dir, `${new Date().toISOString().replaceAll(':', '-').slice(0, 19)}.json`);
  writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
  return file;
}

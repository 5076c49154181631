// What @probity/worker costs the process of a worker: its import beyond that of bullmq, in one fresh process.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../../build/devkit/index.js';
import { median, shown } from '../lib/numbers.mjs';

const MB = 1024 * 1024;
const AIM_MS = 20;
const AIM_MB = 3;

export async function workerImport({ plan, say }) {
  const rounds = [];
  for (let round = 1; round <= plan.imports; round++) {
    say(`import of @probity/worker, round ${round} of ${plan.imports}`);
    const entry = join(ROOT, 'bench/servers/import-worker.mjs');
    rounds.push(JSON.parse(execFileSync(process.execPath, ['--expose-gc', entry], { encoding: 'utf8' })));
  }
  const of = (kind, divisor = 1) => {
    const values = rounds.map((each) => each[kind] / divisor);
    return { median: median(values), most: Math.max(...values) };
  };
  const rows = [
    { name: 'ms', ...of('ms') },
    { name: 'MB of memory', ...of('rss', MB) },
    { name: 'MB of heap', ...of('heap', MB) },
  ];
  const [ms, memory] = rows;
  const aims = [
    {
      what: 'import of @probity/worker beyond bullmq, ms',
      aim: `< ${AIM_MS} ms`,
      seen: `${shown(ms.median, 1)} ms`,
      reached: ms.median < AIM_MS,
    },
    {
      what: 'import of @probity/worker beyond bullmq, MB',
      aim: `< ${AIM_MB} MB`,
      seen: `${shown(memory.median, 2)} MB`,
      reached: memory.median < AIM_MB,
    },
  ];
  return { rows, aims };
}

export const workerImportTable = {
  title: 'Import of @probity/worker, beyond bullmq',
  columns: [
    ['of it', (row) => row.name],
    ['median', (row) => shown(row.median, 2)],
    ['most', (row) => shown(row.most, 2)],
  ],
};

// Whether supervising costs memory that does not come back: a child that ends at once, restarted again and again.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { ROOT } from '../../build/devkit/index.js';
import { shown } from '../lib/numbers.mjs';

const FLAT_MB = 2;

export async function restarts({ plan, say }) {
  say(`restarts: ${shown(plan.restarts)} of a trivial child`);
  const startedAt = performance.now();
  const rows = await supervised(plan.restarts, (row) => say(`restarts: ${shown(row.restarts)}`));
  const perSecond = (rows.at(-1).restarts / (performance.now() - startedAt)) * 1000;
  // The first tenth compiles and fills what is kept.
  const grownMb = rows.at(-1).heapMb - rows[0].heapMb;
  const aims = [
    {
      what: `supervisor over ${shown(rows.at(-1).restarts)} restarts: heap grown since the first tenth`,
      aim: `< ${FLAT_MB} MB`,
      seen: `${shown(grownMb, 2)} MB, at ${shown(perSecond)} restarts a second`,
      reached: grownMb < FLAT_MB,
    },
  ];
  return { rows, aims };
}

/** Resolves with what the supervising process printed after each tenth. */
async function supervised(count, tell) {
  const entry = join(ROOT, 'bench', 'servers', 'restarts.mjs');
  const child = spawn(process.execPath, ['--expose-gc', entry, String(count)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { PATH: process.env.PATH },
  });
  const rows = [];
  createInterface({ input: child.stdout }).on('line', (line) => {
    rows.push(JSON.parse(line));
    tell(rows.at(-1));
  });
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0 || rows.length === 0) throw new Error(`the supervising process ended with ${code}`);
  return rows;
}

export const restartsTable = {
  title: 'Memory of the supervisor over restarts',
  columns: [
    ['restarts so far', (row) => shown(row.restarts)],
    ['heap in use MB', (row) => shown(row.heapMb, 2)],
    ['resident MB', (row) => shown(row.rssMb)],
  ],
};

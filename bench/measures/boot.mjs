// From the start of the process to the first answer of its cheapest probe.
import { median, shown } from '../lib/numbers.mjs';
import { startServer } from '../lib/processes.mjs';
import { SERVERS } from '../lib/targets.mjs';

export async function boot({ platform, plan, say }) {
  const times = new Map(Object.keys(SERVERS).map((id) => [id, []]));
  for (let round = 1; round <= plan.boots; round++) {
    say(`boot, round ${round} of ${plan.boots}`);
    for (const [id, { entry, path }] of Object.entries(SERVERS)) {
      const server = await startServer(entry, { env: platform.env, path });
      times.get(id).push(server.bootMs);
      await server.stop();
    }
  }
  const rows = Object.entries(SERVERS).map(([id, { name, path }]) => ({
    name,
    path,
    medianMs: median(times.get(id)),
    slowestMs: Math.max(...times.get(id)),
  }));
  const probity = rows.find(({ name }) => name === 'Probity');
  const aims = [
    {
      what: 'boot to first /livez',
      aim: '< 1,500 ms',
      seen: `${shown(probity.medianMs)} ms`,
      reached: probity.medianMs < 1500,
    },
  ];
  return { rows, aims };
}

export const bootTable = {
  title: 'Boot to the first answer',
  columns: [
    ['server', (row) => row.name],
    ['asked', (row) => row.path],
    ['median ms', (row) => shown(row.medianMs)],
    ['slowest ms', (row) => shown(row.slowestMs)],
  ],
};

// How long a supervised child is missed: from its kill -9 to a worker that is not ready, and to one that is again.
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { ROOT } from '../../build/devkit/index.js';
import { codex, codexHome, codexSettings } from '../lib/codex.mjs';
import { median, shown } from '../lib/numbers.mjs';
import { startServer } from '../lib/processes.mjs';
import { becomes } from './detection.mjs';

const STAND_IN = join(ROOT, 'test', 'fixtures', 'children', 'app-server.mjs');

export async function childExit({ platform, plan, say }) {
  const children = [
    {
      name: 'a stand-in of a few lines',
      settings: { APP_SERVER_COMMAND: `'${process.execPath}' '${STAND_IN}'` },
    },
    ...(codex === undefined ? [] : [{ name: 'codex', settings: codexSettings('http://127.0.0.1:9') }]),
  ];
  if (codex === undefined) say('child-exit: without codex (node scripts/install-codex.mjs installs it)');
  const rows = [];
  for (const { name, settings } of children) {
    const row = { name, notReadyMs: [], readyMs: [] };
    for (let time = 1; time <= plan.childExits; time++) {
      say(`child-exit: ${name}, ${time} of ${plan.childExits}`);
      const { notReadyMs, readyMs } = await killed({ ...platform.env, ...settings });
      row.notReadyMs.push(notReadyMs);
      row.readyMs.push(readyMs);
    }
    rows.push(row);
  }
  const worst = (key) => Math.max(...rows.flatMap((row) => row[key]));
  const aim = (what, key, limitMs) => ({
    what,
    aim: `≤ ${shown(limitMs)} ms`,
    seen: `${shown(worst(key))} ms at worst`,
    reached: worst(key) <= limitMs,
  });
  return {
    rows,
    aims: [
      aim('exit of the supervised child: not ready', 'notReadyMs', 100),
      aim('its first crash: ready again', 'readyMs', 2000),
    ],
  };
}

/** Each time a new worker, so that each is a first crash; all settings are the defaults. */
async function killed(env) {
  const home = codexHome();
  const worker = await startServer('dist/workers/app-server.worker.js', {
    portName: 'APP_SERVER_PORT',
    env: { ...env, PROXY_USE_APP_SERVER: 'true', CODEX_HOME: home.dir },
  });
  try {
    const readyz = `${worker.url}/readyz`;
    await becomes(readyz, 200);
    await pause(500 + 500 * Math.random());
    const headers = { authorization: `Bearer ${env.OPS_TOKEN}` };
    const { worker_supervisor: supervisor } = await (
      await fetch(`${worker.url}/healthz`, { headers })
    ).json();
    process.kill(supervisor.pid, 'SIGKILL');
    const since = performance.now();
    const notReadyMs = (await becomes(readyz, 503)) - since;
    const readyMs = (await becomes(readyz, 200)) - since;
    return { notReadyMs, readyMs };
  } finally {
    await worker.stop();
    home.remove();
  }
}

export const childExitTable = {
  title: 'Exit of the supervised child',
  columns: [
    ['child, killed with -9', (row) => row.name],
    ['not ready after ms (median)', (row) => shown(median(row.notReadyMs))],
    ['worst ms', (row) => shown(Math.max(...row.notReadyMs))],
    ['ready again after ms (median)', (row) => shown(median(row.readyMs))],
    ['worst ms', (row) => shown(Math.max(...row.readyMs))],
  ],
};

// Many connections that each ask once a second, whatever the answers take (open loop), beside others that never
// finish their request.
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { quantile, shown } from '../lib/numbers.mjs';
import { residentMb, startServer } from '../lib/processes.mjs';
import { performance } from 'node:perf_hooks';

const REQUEST = 'GET /livez HTTP/1.1\r\nHost: bench\r\n\r\n';
const UNFINISHED = 'GET /livez HTTP/1.1\r\nHost: bench\r\n';
const CONNECT_MS = 1000;
/** Five seconds for the headers, looked at every second, and one for this machine. */
const CUT_OFF_MS = 7000;

export async function openLoop({ platform, plan, say }) {
  const api = await startServer('dist/main.js', { env: platform.env });
  try {
    await pause(2000);
    const port = Number(new URL(api.url).port);
    const beforeMb = residentMb(api.pid);
    say(`open loop: ${plan.asking} connections asking, ${plan.unfinished} that never finish`);
    const lame = Array.from({ length: plan.unfinished }, (_, index) => neverFinishes(port, index));
    const until = performance.now() + plan.openLoopSeconds * 1000;
    let mostMb = beforeMb;
    const watch = setInterval(() => (mostMb = Math.max(mostMb, residentMb(api.pid))), 1000);
    const asking = Array.from({ length: plan.asking }, (_, index) =>
      asksOnceASecond(port, until, (index / plan.asking) * 1000),
    );
    const answers = (await Promise.all(asking)).flat();
    clearInterval(watch);
    const cut = await Promise.all(lame);
    const latencies = answers.filter((each) => each !== null);
    const row = {
      name: `${plan.asking} asking once a second, ${plan.unfinished} never finishing`,
      answered: latencies.length,
      unanswered: answers.length - latencies.length,
      p50Ms: quantile(latencies, 0.5),
      p99Ms: quantile(latencies, 0.99),
      cutOffMs: Math.max(...cut),
      beforeMb,
      mostMb,
    };
    return { rows: [row], aims: aimsOf(row) };
  } finally {
    await api.stop();
  }
}

function aimsOf(row) {
  return [
    {
      what: 'open loop: /livez p99, all answered',
      aim: '< 100 ms, 0 lost',
      seen: `${shown(row.p99Ms, 1)} ms, ${row.unanswered} lost`,
      reached: row.p99Ms < 100 && row.unanswered === 0,
    },
    {
      what: 'open loop: unfinished requests cut off',
      aim: `≤ ${shown(CUT_OFF_MS)} ms`,
      seen: `${shown(row.cutOffMs)} ms at worst`,
      reached: row.cutOffMs <= CUT_OFF_MS,
    },
    {
      what: 'open loop: resident memory',
      aim: '≤ 150 MB more',
      seen: `${shown(row.mostMb - row.beforeMb)} MB more`,
      reached: row.mostMb - row.beforeMb <= 150,
    },
  ];
}

/** Latencies counted from the moment at which each request was due; null for one that was never answered. */
function asksOnceASecond(port, until, delayMs) {
  return new Promise((resolve) => {
    const latencies = [];
    const waiting = [];
    const socket = connect(port, '127.0.0.1');
    let timer;
    const end = () => {
      clearTimeout(timer);
      socket.destroy();
      resolve([...latencies, ...waiting.map(() => null)]);
    };
    // All connect at once; by the time the first asks, all are open.
    let due = performance.now() + CONNECT_MS + delayMs;
    const ask = () => {
      if (due > until) return waiting.length === 0 ? end() : (timer = setTimeout(end, 2000));
      waiting.push(due);
      socket.write(REQUEST);
      due += 1000;
      timer = setTimeout(ask, Math.max(0, due - performance.now()));
      return undefined;
    };
    timer = setTimeout(ask, CONNECT_MS + delayMs);
    socket.on('data', (chunk) => {
      const answers = chunk.toString('latin1').split('HTTP/1.1 200').length - 1;
      for (let each = 0; each < answers; each++)
        latencies.push(Math.max(0, performance.now() - waiting.shift()));
      if (due > until && waiting.length === 0) end();
    });
    socket.on('error', end);
    socket.on('close', end);
  });
}

/** How long such a connection was suffered; every other one sends a little more each second. */
function neverFinishes(port, index) {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(UNFINISHED));
    const since = performance.now();
    const drip = index % 2 === 0 ? undefined : setInterval(() => socket.write('x: y\r\n'), 1000);
    socket.resume();
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearInterval(drip);
      resolve(performance.now() - since);
    });
  });
}

export const openLoopTable = {
  title: 'Open loop',
  columns: [
    ['connections', (row) => row.name],
    ['answered', (row) => shown(row.answered)],
    ['lost', (row) => shown(row.unanswered)],
    ['p50 ms', (row) => shown(row.p50Ms, 1)],
    ['p99 ms', (row) => shown(row.p99Ms, 1)],
    ['cut off after ms', (row) => shown(row.cutOffMs)],
    ['MB before', (row) => shown(row.beforeMb)],
    ['MB at most', (row) => shown(row.mostMb)],
  ],
};

// Closed-loop load on one URL: wrk where it is installed, else autocannon.
import { execFile } from 'node:child_process';
import autocannon from 'autocannon';
import { findProgram } from '../../build/devkit/index.js';

const CONNECTIONS = 16;
const wrk = findProgram(['wrk']);

export const loadGenerator = `${wrk === undefined ? 'autocannon' : 'wrk'}, ${CONNECTIONS} connections`;

/** Answers `{ requests, perSecond, p50Ms, p99Ms, refused }`; `refused` counts answers that are no 2xx. */
export function load(url, seconds) {
  return wrk === undefined ? withAutocannon(url, seconds) : withWrk(url, seconds);
}

async function withWrk(url, seconds) {
  const args = ['-t1', `-c${CONNECTIONS}`, `-d${seconds}s`, '--latency', url];
  const text = await new Promise((resolve, reject) => {
    execFile(wrk, args, (error, stdout) => (error ? reject(error) : resolve(stdout)));
  });
  const number = (pattern) => Number(pattern.exec(text)?.[1] ?? 0);
  return {
    requests: number(/(\d+) requests in/),
    perSecond: number(/Requests\/sec:\s+([\d.]+)/),
    p50Ms: milliseconds(/^\s+50%\s+(\S+)/m.exec(text)?.[1]),
    p99Ms: milliseconds(/^\s+99%\s+(\S+)/m.exec(text)?.[1]),
    refused: number(/Non-2xx or 3xx responses: (\d+)/),
  };
}

function milliseconds(text = '0ms') {
  const units = { us: 0.001, ms: 1, s: 1000 };
  return parseFloat(text) * (units[/[a-z]+$/.exec(text)?.[0]] ?? 1);
}

async function withAutocannon(url, seconds) {
  const result = await autocannon({ url, connections: CONNECTIONS, duration: seconds, workers: 1 });
  return {
    requests: result.requests.total,
    perSecond: result.requests.total / result.duration,
    p50Ms: result.latency.p50,
    p99Ms: result.latency.p99,
    refused: result.non2xx,
  };
}

// Processes under measurement. They die with the bench, whatever happens to it.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { performance } from 'node:perf_hooks';
import { freePort, ROOT, spawnGuarded } from '../../build/devkit/index.js';

/**
 * Starts a Node program that serves `path` on the port which it finds in `portName`, and resolves when that
 * answers: `{ url, pid, bootMs, stop, kill }`.
 */
export async function startServer(entry, { env = {}, path = '/livez', portName = 'PORT', nodeArgs = [] }) {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const said = [];
  const startedAt = performance.now();
  const child = await spawnGuarded(
    {
      command: process.execPath,
      args: [...nodeArgs, join(ROOT, entry)],
      cwd: ROOT,
      env: { PATH: process.env.PATH, HOST: '127.0.0.1', [portName]: String(port), ...env },
    },
    (_stream, line) => said.push(line) > 20 && said.shift(),
  );
  for (;;) {
    const status = await statusOf(`${url}${path}`);
    if (status !== undefined && status < 500) break;
    const why = child.hasExited() ? 'ended' : 'did not answer within 20 s';
    if (child.hasExited() || performance.now() - startedAt > 20_000) {
      child.kill('SIGKILL');
      throw new Error(`${entry} ${why}; it said:\n${said.join('\n')}`);
    }
    await pause(5);
  }
  const bootMs = performance.now() - startedAt;
  let expected = false;
  void child.exited.then(({ code, signal }) => {
    if (!expected) process.stderr.write(`${entry} ended (${signal ?? code}); it said:\n${said.join('\n')}\n`);
  });
  return {
    url,
    pid: child.pid,
    bootMs,
    kill(signal) {
      expected ||= signal === 'SIGKILL';
      child.kill(signal);
    },
    stop() {
      expected = true;
      return child.stop(8000);
    },
  };
}

/** Starts several at once by name; when one does not come up, the others are stopped. */
export async function startServers(specs) {
  const started = await Promise.allSettled(
    specs.map(async ([id, entry, options]) => [id, await startServer(entry, options)]),
  );
  const servers = new Map(started.flatMap(({ value }) => (value === undefined ? [] : [value])));
  const failed = started.find(({ status }) => status === 'rejected');
  if (failed === undefined) return servers;
  await Promise.all([...servers.values()].map((server) => server.stop()));
  throw failed.reason;
}

/** The status of one GET, undefined when nobody answers within two seconds. */
export function statusOf(url, agent) {
  return new Promise((resolve) => {
    const request = get(url, { agent, timeout: 2000 }, (response) => {
      response.resume();
      response.once('end', () => resolve(response.statusCode));
      response.once('error', () => resolve(undefined));
    });
    request.once('timeout', () => request.destroy());
    request.once('error', () => resolve(undefined));
  });
}

/** Resident memory in MB. */
export function residentMb(pid) {
  const kb = execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' });
  return Number(kb) / 1024;
}

/** Processor time used so far, in ms; undefined where /proc is absent. Ticks of 10 ms. */
export function cpuMs(pid) {
  try {
    const afterName = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
    return (Number(afterName[11]) + Number(afterName[12])) * 10;
  } catch {
    return undefined;
  }
}

/** The share of one core that a process uses over so many seconds, in percent; undefined without /proc. */
export async function cpuPercent(pid, seconds) {
  const before = cpuMs(pid);
  await pause(seconds * 1000);
  return before === undefined ? undefined : (cpuMs(pid) - before) / (seconds * 10);
}

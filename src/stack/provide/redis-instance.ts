import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from './free-port.js';
import { spawnGuarded, type Exit, type GuardedChild } from './guarded-child.js';
import { lastLines } from './programs.js';

export interface RedisOptions {
  /** The redis-server or valkey-server to run. */
  program: string;
  /** Data, append-only file and log live here. Created when absent. */
  dir: string;
  /** A free one when absent. */
  port?: number;
  /** Further arguments; the last word on a setting wins, so they override the defaults. */
  args?: readonly string[];
  /** `ready` (default) waits until its data is loaded, `listening` only until it answers anything. */
  until?: 'ready' | 'listening';
  /** How long to wait for it, in ms. */
  timeoutMs?: number;
}

/** A private redis-server, a child of this process that does not outlive it. */
export interface RedisInstance {
  url: string;
  host: string;
  port: number;
  pid: number;
  logFile: string;
  exited: Promise<Exit>;
  /** Lets it write what it has, waits until it is gone, kills it after 5 s. Safe to call again. */
  stop(): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

const HOST = '127.0.0.1';
const STOP_GRACE_MS = 5000;

/**
 * Starts a private redis-server on loopback: append-only file on, no snapshots, nothing ever evicted.
 * Throws with the last lines of its log when it ends, or does not answer in time.
 */
export async function startRedis(options: RedisOptions): Promise<RedisInstance> {
  mkdirSync(options.dir, { recursive: true });
  const attempts = options.port === undefined ? 3 : 1;
  for (let attempt = 1; ; attempt++) {
    try {
      return await startOn(options.port ?? (await freePort()), options);
    } catch (error) {
      // A port that was free a moment ago may be taken by now.
      const taken = error instanceof Error && error.message.includes('Address already in use');
      if (!taken || attempt >= attempts) throw error;
    }
  }
}

async function startOn(port: number, options: RedisOptions): Promise<RedisInstance> {
  const { program, dir, args = [], until = 'ready', timeoutMs = 20_000 } = options;
  const logFile = join(dir, 'redis.log');
  const logFd = openSync(logFile, 'a');
  const logStart = readFileSync(logFile).length;
  let child: GuardedChild;
  try {
    child = await spawnGuarded(program, [...defaults(port, dir), ...args], {
      orphanSignal: 'SIGTERM',
      cwd: dir,
      logFd,
    });
  } finally {
    closeSync(logFd);
  }
  const failure = await waitForAnswer(child, port, until, timeoutMs);
  if (failure) {
    await child.stop('SIGKILL', 0);
    const log = lastLines(readFileSync(logFile).subarray(logStart).toString());
    throw new Error(`redis-server on port ${port} ${failure}. Its log (${logFile}) ends with:\n${log}`);
  }
  return {
    url: `redis://${HOST}:${port}`,
    host: HOST,
    port,
    pid: child.pid,
    logFile,
    exited: child.exited,
    stop: () => child.stop('SIGTERM', STOP_GRACE_MS),
    kill: (signal) => child.kill(signal),
  };
}

function defaults(port: number, dir: string): string[] {
  return [
    ['--port', String(port)],
    ['--bind', HOST],
    ['--dir', dir],
    ['--daemonize', 'no'],
    ['--save', ''],
    ['--appendonly', 'yes'],
    ['--maxmemory-policy', 'noeviction'],
  ].flat();
}

async function waitForAnswer(
  child: GuardedChild,
  port: number,
  until: 'ready' | 'listening',
  timeoutMs: number,
): Promise<string | undefined> {
  const deadline = Date.now() + timeoutMs;
  while (Date.now() < deadline) {
    const answer = await ask(port);
    // The port's owner may be a stranger: the answer counts only while our own child lives.
    if (child.hasExited()) return 'ended at once';
    if (answer !== undefined && (until === 'listening' || !answer.startsWith('-LOADING'))) return undefined;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return `did not answer within ${timeoutMs} ms`;
}

// Any reply will do, an error too: a server that wants a password or refuses writes has started.
function ask(port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ port, host: HOST, timeout: 500 });
    const settle = (answer?: string): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => socket.write('PING\r\n'));
    socket.once('data', (chunk) => settle(chunk.toString()));
    socket.once('timeout', () => settle());
    socket.once('error', () => settle());
    socket.once('close', () => settle());
  });
}

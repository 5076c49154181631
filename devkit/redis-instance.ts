import { connect } from 'node:net';
import { join } from 'node:path';
import { freePort } from './ports.js';
import { privateFolder } from './private-files.js';
import { startServer, type PrivateServer, type ServerInstance } from './private-server.js';

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
export type RedisInstance = ServerInstance;

const HOST = '127.0.0.1';
const STOP_GRACE_MS = 5000;

/** A private redis-server on loopback: append-only file on, no snapshots, nothing ever evicted. */
export function privateRedis(options: RedisOptions & { port: number }): PrivateServer {
  const { program, dir, port, args = [], until = 'ready' } = options;
  privateFolder(dir);
  return {
    name: 'redis-server',
    host: HOST,
    port,
    url: `redis://${HOST}:${port}`,
    logFile: join(dir, 'redis.log'),
    process: {
      command: program,
      args: [...defaults(port, dir), ...args],
      cwd: dir,
      env: { PATH: process.env['PATH'] },
    },
    notReady: async () => {
      const answer = await ask(port);
      if (answer === undefined) return 'it does not answer';
      return until === 'ready' && answer.startsWith('-LOADING') ? 'it is loading its data' : undefined;
    },
  };
}

/**
 * Starts a private redis-server once.
 * Throws with the last lines of its log when it ends, or does not answer in time.
 */
export async function startRedis(options: RedisOptions): Promise<RedisInstance> {
  const attempts = options.port === undefined ? 3 : 1;
  for (let attempt = 1; ; attempt++) {
    try {
      const server = privateRedis({ ...options, port: options.port ?? (await freePort()) });
      return await startServer(server, { timeoutMs: options.timeoutMs ?? 20_000, graceMs: STOP_GRACE_MS });
    } catch (error) {
      // A port that was free a moment ago may be taken by now.
      const taken = error instanceof Error && error.message.includes('Address already in use');
      if (!taken || attempt >= attempts) throw error;
    }
  }
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

import { setTimeout as pause } from 'node:timers/promises';
import type { ChildSpec, Exit, GuardedChild } from './guarded-child.js';
import { spawnGuarded, toFile } from './guarded-child.js';

/** A Redis or PostgreSQL of our own, ready to be started on loopback: by a supervisor, or once for a test. */
export interface PrivateServer {
  /** As a person calls it. */
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** Connection string, password included. */
  readonly url: string;
  readonly process: ChildSpec;
  readonly logFile: string;
  /** Where its files are while it runs, when that is not where they belong. */
  readonly elsewhere?: string;
  /** Takes them back, once it has ended for good. */
  readonly release?: () => Promise<void>;
  /** Why the life with this pid does not serve yet; undefined when it does. */
  notReady(pid: number | null): Promise<string | undefined>;
}

/** A private server that runs, as a child of this process that does not outlive it. */
export interface ServerInstance {
  url: string;
  host: string;
  port: number;
  pid: number;
  logFile: string;
  exited: Promise<Exit>;
  /** Lets it write what it has, waits until it is gone, kills it when that takes too long. Safe to call again. */
  stop(): Promise<void>;
  kill(signal: NodeJS.Signals): void;
}

export interface StartOptions {
  /** How long to wait for it, in ms. */
  timeoutMs: number;
  /** From the stop signal to the kill, in ms. */
  graceMs: number;
}

/** Starts it once. Throws with the last lines of its log when it ends, or is not ready in time. */
export async function startServer(server: PrivateServer, options: StartOptions): Promise<ServerInstance> {
  const child = await spawnGuarded(server.process, toFile(server.logFile));
  const failure = await waitUntilReady(server, child, options.timeoutMs);
  if (failure !== undefined) {
    child.kill('SIGKILL');
    await child.exited;
    await server.release?.();
    const log = `Its log (${server.logFile}) ends with:\n${child.lastLines()}`;
    throw new Error(`${server.name} on port ${server.port} ${failure}. ${log}`);
  }
  const { url, host, port, logFile } = server;
  return {
    url,
    host,
    port,
    logFile,
    pid: child.pid,
    exited: child.exited,
    stop: async () => {
      await child.stop(options.graceMs);
      await server.release?.();
    },
    kill: (signal) => child.kill(signal),
  };
}

async function waitUntilReady(
  server: PrivateServer,
  child: GuardedChild,
  timeoutMs: number,
): Promise<string | undefined> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    const why = await server.notReady(child.pid);
    // The port's owner may be a stranger: the answer counts only while our own child lives.
    if (child.hasExited()) return 'ended at once';
    if (why === undefined) return undefined;
    await pause(20);
  }
  return `was not ready within ${timeoutMs} ms`;
}

import type { PrivateServer } from '#devkit';
import type { Stack } from '../stack.js';

/** A data set of gigabytes takes its time to load. */
const STARTUP_TIMEOUT_MS = 300_000;
const GRACE_MS = 10_000;
/**
 * A private server that dies comes back by itself, but not at once (the jitter of the policy makes it 5 to 10 s): in
 * development a death is most often somebody who tries out what an outage looks like.
 */
const RESTART = { initialDelayMs: 10_000, maxDelayMs: 10_000 };

/** Starts a private server under the stack's supervision, and waits until it serves. */
export async function startPrivate(
  stack: Stack,
  name: string,
  server: PrivateServer,
  signal: AbortSignal,
): Promise<void> {
  const ready = async (pid: number | null) => {
    const why = await server.notReady(pid);
    return why === undefined
      ? { outcome: 'pass' as const, message: 'it serves' }
      : { outcome: 'fail' as const, message: why };
  };
  const member = stack.start({
    name,
    address: `${server.host}:${server.port}`,
    process: server.process,
    started: ready,
    ready,
    restart: RESTART,
    startupTimeoutMs: STARTUP_TIMEOUT_MS,
    graceMs: GRACE_MS,
    deathsAtStart: 1,
    speaksJson: false,
    ...(server.elsewhere === undefined ? {} : { note: `files in ${server.elsewhere}, until it stops` }),
    ...(server.release === undefined ? {} : { release: server.release }),
  });
  await member.untilStarted(signal);
}

import { ROOT } from '#devkit';
import type { ProbeOutcome } from '../../modules/supervision/index.js';
import { ask } from '../ask.js';
import type { Member } from '../member.js';
import type { Stack } from '../stack.js';

/** A second or two alone; a machine that is busy takes many times as long, and a restart would not be quicker. */
const STARTUP_TIMEOUT_MS = 60_000;
/** Beyond the drain: the process closes its connections and its listener. */
const CLOSES_WITHIN_MS = 10_000;
const DEATHS_AT_START = 3;
/** One answer that does not come may be this machine's, which is busy; so many in a row are the process's. */
const SILENCES = 2;

interface OurProcess {
  readonly name: string;
  /** Under dist/. */
  readonly entry: string;
  readonly url: string;
  readonly env?: Readonly<Record<string, string>>;
  /** `error` when nothing came within the deadline. */
  readonly ready: () => Promise<ProbeOutcome>;
}

/** Starts one of Probity's own processes; it has started when `/livez` answers. */
export function startOurs(stack: Stack, { name, entry, url, env, ready }: OurProcess): Member {
  const { drainDelayMs, SHUTDOWN_GRACE_MS } = stack.environment.settings;
  return stack.start({
    name,
    address: url,
    process: {
      command: process.execPath,
      args: [`dist/${entry}`],
      cwd: ROOT,
      env: stack.environment.forProcess(env),
    },
    started: async () => {
      const reply = await ask(`${url}/livez`, undefined);
      if (!reply.ok) return { outcome: 'fail', message: reply.why };
      return { outcome: reply.status === 200 ? 'pass' : 'fail', message: `/livez answers ${reply.status}` };
    },
    ready: silenceIsFailure(ready, SILENCES),
    startupTimeoutMs: STARTUP_TIMEOUT_MS,
    graceMs: drainDelayMs + 2 * SHUTDOWN_GRACE_MS + CLOSES_WITHIN_MS,
    deathsAtStart: DEATHS_AT_START,
    speaksJson: true,
  });
}

/** What the `/readyz` of a worker says. */
export async function askReadyz(url: string, token: string | undefined): Promise<ProbeOutcome> {
  const reply = await ask(`${url}/readyz`, token);
  if (!reply.ok) return { outcome: reply.silent ? 'error' : 'fail', message: reply.why };
  if (reply.status === 200) return { outcome: 'pass', message: 'ready' };
  const { error } = reply.body;
  const message = typeof error === 'string' ? error : `/readyz answers ${reply.status}`;
  return { outcome: 'fail', message };
}

/** An answer counts at once, and so does a refused connection; silence from the `times`th on. */
export function silenceIsFailure(
  probe: () => Promise<ProbeOutcome>,
  times: number,
): () => Promise<ProbeOutcome> {
  let silences = 0;
  return async () => {
    const seen = await probe();
    silences = seen.outcome === 'error' ? silences + 1 : 0;
    return silences < times ? seen : { outcome: 'fail', message: seen.message };
  };
}

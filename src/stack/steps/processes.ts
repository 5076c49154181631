import type { ProbeOutcome } from '../../modules/supervision/index.js';
import { ask } from '../ask.js';
import type { Member } from '../member.js';
import { ROOT } from '../paths.js';
import type { Stack } from '../stack.js';

const STARTUP_TIMEOUT_MS = 30_000;
/** Beyond the drain: the process closes its connections and its listener. */
const CLOSES_WITHIN_MS = 10_000;
const DEATHS_AT_START = 3;

interface OurProcess {
  readonly name: string;
  /** Under dist/. */
  readonly entry: string;
  readonly url: string;
  readonly env?: Readonly<Record<string, string>>;
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
    ready,
    startupTimeoutMs: STARTUP_TIMEOUT_MS,
    graceMs: drainDelayMs + 2 * SHUTDOWN_GRACE_MS + CLOSES_WITHIN_MS,
    deathsAtStart: DEATHS_AT_START,
    speaksJson: true,
  });
}

import { ask } from '../ask.js';
import { ROOT } from '../paths.js';
import { findProgram, run } from '../provide/programs.js';
import type { Stack } from '../stack.js';
import type { Step } from '../step.js';
import { StepFailure } from '../step-failure.js';
import { waitFor } from '../wait-for.js';
import { startOurs } from './processes.js';

const READY_WITHIN_MS = 30_000;

/** The app-server worker, where it is asked for and codex is installed, up to the readiness of its child. */
export const appServerStep: Step = {
  name: 'app-server',
  run: async (stack, say, signal) => {
    if (!stack.environment.settings.PROXY_USE_APP_SERVER) return 'off: PROXY_USE_APP_SERVER is not true';
    if (!stack.environment.has('APP_SERVER_COMMAND')) {
      const codex = await findCodex();
      if (codex === undefined) {
        return 'off: codex is not installed; node scripts/install-codex.mjs installs it here';
      }
      stack.environment.provide('APP_SERVER_COMMAND', `'${codex}' app-server`);
    }
    const worker = startOurs(stack, {
      name: 'app-server',
      entry: 'workers/app-server.worker.js',
      url: stack.appServerUrl,
      env: { WORKER_ID: 'app-server-1' },
      ready: async () => {
        const why = await notReady(stack);
        return { outcome: why === undefined ? 'pass' : 'fail', message: why ?? 'ready' };
      },
    });
    await worker.untilStarted(signal);
    const deadline = performance.now() + READY_WITHIN_MS;
    let said = '';
    await waitFor(async () => {
      worker.failIfDying();
      const why = await notReady(stack);
      if (why === undefined && worker.isReady) return true;
      if (performance.now() > deadline) {
        throw new StepFailure(
          `the app-server was not ready within ${READY_WITHIN_MS / 1000} s: ${why ?? 'its probe says no'}`,
          'See docs/runbooks/supervised-worker.md, or leave PROXY_USE_APP_SERVER out.',
        );
      }
      if (why !== undefined && said !== why) say((said = why));
      return undefined;
    }, signal);
    return `${stack.appServerUrl}/v1, ready`;
  },
};

/** What scripts/install-codex.mjs installed, else what is on the PATH. */
async function findCodex(): Promise<string | undefined> {
  const found = await run(process.execPath, ['scripts/install-codex.mjs', '--find'], { cwd: ROOT });
  return found.code === 0 ? found.output.trim() : findProgram(['codex']);
}

async function notReady({ appServerUrl, opsToken }: Stack): Promise<string | undefined> {
  const reply = await ask(`${appServerUrl}/readyz`, opsToken);
  if (!reply.ok) return reply.why;
  if (reply.status === 200) return undefined;
  const { error } = reply.body;
  return typeof error === 'string' ? error : `/readyz answers ${reply.status}`;
}

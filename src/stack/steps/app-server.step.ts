import { findProgram, installedCodex } from '#devkit';
import type { Step } from '../step.js';
import { askReadyz, startOurs } from './processes.js';

const READY_WITHIN_MS = 60_000;

/** The app-server worker, where it is asked for and codex is installed, up to the readiness of its child. */
export const appServerStep: Step = {
  name: 'app-server',
  run: async (stack, say, signal) => {
    if (!stack.environment.settings.PROXY_USE_APP_SERVER) return 'off: PROXY_USE_APP_SERVER is not true';
    if (!stack.environment.has('APP_SERVER_COMMAND')) {
      // What scripts/install-codex.mjs installed, else what is on the PATH.
      const codex = installedCodex() ?? findProgram(['codex']);
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
      ready: () => askReadyz(stack.appServerUrl, stack.opsToken),
    });
    const hint = 'See docs/runbooks/supervised-worker.md, or leave PROXY_USE_APP_SERVER out.';
    await worker.untilReady(READY_WITHIN_MS, hint, say, signal);
    return `${stack.appServerUrl}/v1, ready`;
  },
};

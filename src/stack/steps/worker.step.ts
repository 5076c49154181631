import type { Step } from '../step.js';
import { askReadyz, startOurs } from './processes.js';

const READY_WITHIN_MS = 60_000;

/** The execution worker, up to its own `/readyz`. */
export const workerStep: Step = {
  name: 'worker',
  run: async (stack, say, signal) => {
    const worker = startOurs(stack, {
      name: 'worker',
      entry: 'workers/execution.worker.js',
      url: stack.workerUrl,
      // One name over all restarts: a worker that comes back is not a lost one and a new one.
      env: { WORKER_ID: 'worker-1' },
      ready: () => askReadyz(stack.workerUrl, stack.opsToken),
    });
    const hint = `See curl -s '${stack.workerUrl}/readyz?verbose' while it runs, and its log.`;
    await worker.untilReady(READY_WITHIN_MS, hint, say, signal);
    return `${stack.workerUrl}, ready`;
  },
};

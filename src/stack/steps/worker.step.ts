import { ask } from '../ask.js';
import type { Stack } from '../stack.js';
import type { Step } from '../step.js';
import { StepFailure } from '../step-failure.js';
import { waitFor } from '../wait-for.js';
import { startOurs } from './processes.js';

const READY_WITHIN_MS = 30_000;

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
      if (why === undefined) return true;
      if (performance.now() > deadline) {
        throw new StepFailure(
          `the worker was not ready within ${READY_WITHIN_MS / 1000} s: ${why}`,
          `See curl -s '${stack.workerUrl}/readyz?verbose' while it runs, and its log.`,
        );
      }
      if (said !== why) say((said = why));
      return undefined;
    }, signal);
    return `${stack.workerUrl}, ready`;
  },
};

async function notReady({ workerUrl, opsToken }: Stack): Promise<string | undefined> {
  const reply = await ask(`${workerUrl}/readyz`, opsToken);
  if (!reply.ok) return reply.why;
  if (reply.status === 200) return undefined;
  const { error } = reply.body;
  return typeof error === 'string' ? error : `/readyz answers ${reply.status}`;
}

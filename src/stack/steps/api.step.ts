import { ask } from '../ask.js';
import { decideGate, sectionOf, type QueueAnswer } from '../gate.policy.js';
import type { Stack } from '../stack.js';
import type { Step } from '../step.js';
import { StepFailure } from '../step-failure.js';
import { waitFor } from '../wait-for.js';
import { startOurs } from './processes.js';

const READY_WITHIN_MS = 60_000;

/** The api, up to the gate: its queue takes work and keeps it. */
export const apiStep: Step = {
  name: 'api',
  run: async (stack, say, signal) => {
    const api = startOurs(stack, {
      name: 'api',
      entry: 'main.js',
      url: stack.apiUrl,
      ready: async () => {
        const { open, message, silent } = await askQueue(stack);
        return { outcome: open === true ? 'pass' : silent ? 'error' : 'fail', message };
      },
    });
    await api.untilStarted(signal);
    const startedAt = performance.now();
    let said = '';
    await waitFor(async () => {
      api.failIfDying();
      const verdict = await askQueue(stack);
      const ownRedis = stack.member('redis') !== undefined;
      const decision = decideGate(verdict, performance.now() - startedAt, ownRedis);
      if (decision.kind === 'open') return true;
      if (decision.kind === 'abort') {
        throw new StepFailure(decision.reason, `${decision.fix} Runbook: ${sectionOf(decision.code)}`);
      }
      if (said !== decision.why) say((said = decision.why));
      return undefined;
    }, signal);
    const hint = `See curl -s '${stack.apiUrl}/readyz?verbose' while it runs, and its log.`;
    await api.untilReady(READY_WITHIN_MS, hint, say, signal);
    return `${stack.apiUrl}, checks.queue is true`;
  },
};

/** What the gate is decided by: `/api/production/ready`, and why from `/readyz/queue`. */
async function askQueue(stack: Stack): Promise<QueueAnswer & { silent: boolean }> {
  const [ready, queue] = await Promise.all([
    ask(`${stack.apiUrl}/api/production/ready`, stack.opsToken),
    ask(`${stack.apiUrl}/readyz/queue`, stack.opsToken),
  ]);
  if (!ready.ok) {
    return { open: null, status: null, code: null, message: ready.why, silent: ready.silent };
  }
  const checks = ready.body['checks'] as { queue?: unknown } | undefined;
  const open = typeof checks?.queue === 'boolean' ? checks.queue : null;
  if (!queue.ok) return { open, status: null, code: null, message: queue.why, silent: queue.silent };
  const { status, code, message, detail } = queue.body;
  return {
    open,
    status: text(status),
    code: text(code),
    message: text(message) ?? text(detail) ?? 'it gave no reason',
    silent: false,
  };
}

function text(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

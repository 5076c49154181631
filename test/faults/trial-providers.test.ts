import type { Behaviour } from '../fixtures/llm-provider.js';
import { createWorkflow, ended, execute, OPERATOR } from '../fixtures/platform.js';
import type { Fault } from './harness/fault.js';
import { proveFaults } from './harness/prove.js';
import type { Stack } from './harness/stack.js';

/** The whole answer of the check, from the first one on: it never says that it is not ready. */
async function startApi(stack: Stack): Promise<void> {
  await stack.api.process.stop();
  await stack.startApi();
  const first = await stack.api.until('/readyz/llm', ({ json }) => json.code !== 'check.pending', {
    headers: OPERATOR,
    what: 'the first answer of llm',
  });
  if (first.status !== 200) throw new Error(`not ready from the start: ${first.text}`);
}

/** A completion works all the same: nobody was kept from asking for it, and it is believed. */
async function callsDecide({ api }: Stack): Promise<void> {
  const workflow = await createWorkflow(api, [{ id: 'ask', kind: 'llm', prompt: 'hello' }]);
  const { json } = await execute(api, workflow);
  const { status } = await ended(api, String(json.id));
  if (status !== 'succeeded') throw new Error(`the execution ${String(status)}`);
  await api.until('/readyz/llm', ({ json }) => json.code === 'llm.ready', { headers: OPERATOR });
}

const cannotList = (id: string, what: string, behaviour: Behaviour): Fault => ({
  id,
  title: `a provider that cannot list models: ${what}`,
  expected: {
    ready: true,
    heartbeat: 'pass',
    health: 'warn',
    check: 'llm',
    code: 'llm.unverified',
    restart: 'useless',
    target: 'self',
    says: /not known before a real call/,
  },
  detectWithinMs: 2000,
  recoverWithinMs: 5000,
  inject: async (stack) => {
    stack.provider.models = behaviour;
    await startApi(stack);
  },
  during: callsDecide,
  heal: async (stack) => {
    stack.provider.models = 'well';
    await startApi(stack);
  },
});

proveFaults('H. found by trial: providers', [
  cannotList('H3a', '404', 404),
  cannotList('H3b', '405', 405),
  cannotList('H3c', '403 missing_scope', 'forbidden'),
]);

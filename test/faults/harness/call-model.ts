import { eventually } from '../../fixtures/eventually.js';
import { createWorkflow, ended, execute } from '../../fixtures/platform.js';
import type { Stack } from './stack.js';

/** Runs an execution that asks the model; resolves when the provider has answered. */
export async function callModel({ api, provider }: Stack): Promise<void> {
  const calls = () => provider.requests.filter(({ path }) => path.endsWith('/chat/completions')).length;
  const before = calls();
  const workflow = await createWorkflow(api, [{ id: 'ask', kind: 'llm', prompt: 'hello' }]);
  const { json } = await execute(api, workflow);
  await eventually(() => calls() > before, { what: 'a call of the worker', intervalMs: 20 });
  if (provider.completions === 'well') await ended(api, json.id as string);
}

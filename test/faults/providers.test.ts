import type { Behaviour } from '../fixtures/llm-provider.js';
import { OPERATOR } from '../fixtures/platform.js';
import type { Fault, Verdict } from './harness/fault.js';
import { callModel } from './harness/call-model.js';
import { proveFaults } from './harness/prove.js';
import type { Stack } from './harness/stack.js';

/** A provider is asked once a minute; `?fresh` asks now, as an operator would, once 10 s are over. */
const FRESH_FLOOR_MS = 10_000;

const broken = (code: string): Verdict => ({
  ready: false,
  heartbeat: 'pass',
  health: 'fail',
  check: 'llm',
  code,
  restart: 'useless',
  target: 'self',
});
const troubled = (code: string): Verdict => ({ ...broken(code), ready: true, health: 'warn' });

/** The key is wrong from the start; what heals it is another setting, hence another start. */
function wrongSetting(id: string, title: string, key: string, code: string): Fault {
  return {
    id,
    title,
    expected: broken(code),
    detectWithinMs: 2000,
    recoverWithinMs: 5000,
    inject: async (stack) => {
      await stack.api.process.stop();
      await stack.startApi({ OPENAI_API_KEY: key });
    },
    heal: async (stack) => {
      await stack.api.process.stop();
      await stack.startApi();
    },
  };
}

/** The provider begins to misbehave; the next look at it tells, and `?fresh` is a look. */
function misbehaving(id: string, title: string, behaviour: Behaviour, expected: Verdict): Fault {
  return {
    id,
    title,
    expected,
    witness: 'the next question to the provider',
    detectWithinMs: behaviour === 'silent' ? 5000 : 2000,
    recoverWithinMs: 5000,
    inject: async (stack) => {
      stack.provider.behave(behaviour);
      await askNow(stack);
    },
    heal: async (stack) => {
      stack.provider.behave('well');
      await askNow(stack);
    },
  };
}

/** Waits until the floor of `?fresh` is over and asks; resolves when the provider has the question. */
async function askNow({ api, provider }: Stack): Promise<void> {
  const before = provider.requests.length;
  await api.until('/readyz?fresh', () => provider.requests.length > before, {
    timeoutMs: FRESH_FLOOR_MS + 5000,
    headers: OPERATOR,
    what: 'a question to the provider',
  });
}

/**
 * Models can still be listed, which is all that may be asked without being billed: only a real call shows it, and
 * those are the worker's. The last call decides, hence another one heals it.
 */
function failingCalls(id: string, title: string, behaviour: Behaviour, expected: Verdict): Fault {
  return {
    id,
    title,
    expected: { ...expected, says: /openai/ },
    witness: 'the real calls of the worker',
    detectWithinMs: 2000,
    recoverWithinMs: 5000,
    inject: async (stack) => {
      stack.provider.completions = behaviour;
      await callModel(stack);
    },
    heal: async (stack) => {
      stack.provider.completions = 'well';
      await callModel(stack);
    },
  };
}

proveFaults('E. language-model providers', [
  wrongSetting('E1a', 'key missing', '', 'llm.key_missing'),
  wrongSetting('E1b', 'key is a placeholder', 'sk-xxx', 'llm.placeholder_key'),
  misbehaving('E1c', 'key revoked', 'key', broken('llm.key_rejected')),
  failingCalls('E2a', 'quota spent, models still listed', 'quota', broken('llm.quota_exhausted')),
  failingCalls('E2b', 'rate-limited, models still listed', 'rate', troubled('llm.rate_limited')),
  misbehaving('E4a', 'overloaded', 'overloaded', troubled('llm.overloaded')),
  misbehaving('E4b', 'accepts and never answers', 'silent', troubled('llm.slow')),
]);

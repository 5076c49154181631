import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { parseSettings } from '../../../src/modules/config/parse-settings.js';
import { ProviderMemory } from '../../../src/modules/llm/provider-memory.js';
import { llmOptions } from '../../../src/options/index.js';

const HOUR_MS = 3_600_000;

afterEach(() => void jest.restoreAllMocks());

/** From now on the clock on the wall is off by so much. */
function step(byMs: number): void {
  jest.spyOn(Date, 'now').mockImplementation(() => performance.timeOrigin + performance.now() + byMs);
}

describe('what is remembered of a provider', () => {
  it.each([
    [0, HOUR_MS],
    [HOUR_MS, 0],
    [-HOUR_MS, 0],
    [0, -HOUR_MS],
  ])('stays what it is when the clock steps from %i to %i ms', (from, to) => {
    const memory = new ProviderMemory(llmOptions(parseSettings({ OPENAI_API_KEY: 'sk-real-key-0451' })));
    step(from);
    memory.probed('openai', { code: 'llm.ready', message: '', latencyMs: 1, models: 1 }, ['one']);
    memory.called('openai', { code: 'llm.rate_limited', message: '' });
    step(to);
    expect(memory.verdictOf('openai')?.code).toBe('llm.rate_limited');
    memory.called('openai', 'succeeded');
    memory.probed('openai', { code: 'llm.unreachable', message: '', latencyMs: 1, models: null }, null);
    expect(memory.verdictOf('openai')?.code).toBe('llm.connection_lost');
    step(from);
    expect(memory.verdictOf('openai')?.code).toBe('llm.connection_lost');
  });
});

import { makeCounterProvider } from '@willsoto/nestjs-prometheus';

/** Real calls by provider and by how they ended: `succeeded`, or the code of the error. */
export const LLM_CALLS = 'probity_llm_calls_total';

export const llmMetrics = [
  makeCounterProvider({
    name: LLM_CALLS,
    help: 'Completions asked of language model providers',
    labelNames: ['provider', 'outcome'],
  }),
];

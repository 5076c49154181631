import { z } from 'zod';
import type { ProviderName } from './provider.js';

export interface CompletionRequest {
  readonly prompt: string;
  readonly model: string;
  readonly maxTokens: number | undefined;
}

export interface TokenUsage {
  /** Null when the provider did not say. */
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
}

export interface CompletionReply {
  readonly text: string;
  readonly model: string | null;
  readonly usage: TokenUsage;
}

/** How one protocol asks and answers. The readers throw on what they do not understand. */
export interface Dialect {
  headers(apiKey: string): Record<string, string>;
  readonly completionPath: string;
  completionBody(request: CompletionRequest): Record<string, unknown>;
  readCompletion(body: unknown): CompletionReply;
  /** Preferred when the provider lists it, or lists nothing. */
  readonly defaultModel: string | null;
}

const models = z.object({ data: z.array(z.object({ id: z.string() })) });

/** The ids of the models that a provider lists; the three protocols agree on this shape. */
export function readModels(body: unknown): readonly string[] {
  return models.parse(body).data.map((model) => model.id);
}

const openaiCompletion = z.object({
  model: z.string().nullish(),
  choices: z.array(z.object({ message: z.object({ content: z.string().nullish() }) })).min(1),
  usage: z.object({ prompt_tokens: z.number(), completion_tokens: z.number() }).partial().nullish(),
});

const openaiLike = (limit: 'max_tokens' | 'max_completion_tokens', defaultModel: string | null): Dialect => ({
  headers: (apiKey) => ({ authorization: `Bearer ${apiKey}` }),
  completionPath: '/chat/completions',
  completionBody: ({ prompt, model, maxTokens }) => ({
    model,
    messages: [{ role: 'user', content: prompt }],
    ...(maxTokens === undefined ? {} : { [limit]: maxTokens }),
  }),
  readCompletion: (body) => {
    const { choices, model, usage } = openaiCompletion.parse(body);
    return {
      text: choices[0]?.message.content ?? '',
      model: model ?? null,
      usage: {
        inputTokens: usage?.prompt_tokens ?? null,
        outputTokens: usage?.completion_tokens ?? null,
      },
    };
  },
  defaultModel,
});

const anthropicMessage = z.object({
  model: z.string().nullish(),
  content: z.array(z.looseObject({ type: z.string(), text: z.string().optional() })),
  usage: z.object({ input_tokens: z.number(), output_tokens: z.number() }).partial().nullish(),
});

/** Anthropic refuses a request that names no limit. */
const ANTHROPIC_MAX_TOKENS = 1024;

const anthropic: Dialect = {
  headers: (apiKey) => ({ 'x-api-key': apiKey, 'anthropic-version': '2023-06-01' }),
  completionPath: '/messages',
  completionBody: ({ prompt, model, maxTokens }) => ({
    model,
    max_tokens: maxTokens ?? ANTHROPIC_MAX_TOKENS,
    messages: [{ role: 'user', content: prompt }],
  }),
  readCompletion: (body) => {
    const { content, model, usage } = anthropicMessage.parse(body);
    return {
      text: content.map((block) => (block.type === 'text' ? (block.text ?? '') : '')).join(''),
      model: model ?? null,
      usage: { inputTokens: usage?.input_tokens ?? null, outputTokens: usage?.output_tokens ?? null },
    };
  },
  defaultModel: 'claude-sonnet-4-5',
};

export const DIALECTS: Readonly<Record<ProviderName, Dialect>> = {
  openai: openaiLike('max_completion_tokens', 'gpt-4o-mini'),
  anthropic,
  // Its models are whatever its operator named them.
  litellm: openaiLike('max_tokens', null),
  // Its models are what its child advertises.
  'app-server': openaiLike('max_completion_tokens', null),
};

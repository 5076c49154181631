import { z } from 'zod';
import { invalidRequest } from './gateway.error.js';

const text = z.union([
  z.string(),
  z
    .array(z.strictObject({ type: z.literal('text'), text: z.string() }))
    .transform((parts) => parts.map((part) => part.text).join('')),
]);

const message = z.discriminatedUnion('role', [
  z.strictObject({
    role: z.enum(['system', 'developer', 'user']),
    content: text,
    name: z.string().optional(),
  }),
  z.strictObject({
    role: z.literal('assistant'),
    content: text.nullish(),
    name: z.string().optional(),
    refusal: z.null().optional(),
  }),
]);

const responseFormat = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text') }),
  z.strictObject({
    type: z.literal('json_schema'),
    json_schema: z.looseObject({ schema: z.record(z.string(), z.unknown()) }),
  }),
]);

/** What OpenAI's clients send and codex has no use for: accepted, without effect. */
const WITHOUT_EFFECT = [
  'temperature',
  'top_p',
  'frequency_penalty',
  'presence_penalty',
  'seed',
  'max_tokens',
  'max_completion_tokens',
  'user',
  'metadata',
  'store',
  'service_tier',
  'safety_identifier',
  'prompt_cache_key',
  'prompt_cache_retention',
  'verbosity',
] as const;
const withoutEffect = Object.fromEntries(WITHOUT_EFFECT.map((name) => [name, z.unknown().optional()]));

const body = z.strictObject({
  model: z.string().min(1).max(200).optional(),
  messages: z.array(message).min(1).max(2000),
  stream: z.boolean().nullish(),
  stream_options: z.looseObject({ include_usage: z.boolean().optional() }).nullish(),
  n: z.literal(1, 'must be 1').nullish(),
  reasoning_effort: z.string().max(32).nullish(),
  response_format: responseFormat.nullish(),
  ...withoutEffect,
});

/** A chat completion that is asked for, in the terms of the turn that it becomes. */
export interface CompletionRequest {
  readonly model: string | null;
  readonly stream: boolean;
  readonly includeUsage: boolean;
  /** What the system and the developer said. */
  readonly instructions: string | null;
  /** What was said before the last message, as items of the Responses API. */
  readonly history: readonly unknown[];
  /** The last message. */
  readonly prompt: string;
  readonly effort: string | undefined;
  readonly outputSchema: unknown;
}

/** Throws a `GatewayError` that names the field. */
export function readCompletionRequest(raw: unknown): CompletionRequest {
  const parsed = body.safeParse(raw);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const path = [...(issue?.path ?? []), ...(issue?.code === 'unrecognized_keys' ? issue.keys : [])].join(
      '.',
    );
    const what = issue?.code === 'unrecognized_keys' ? 'is not supported' : (issue?.message ?? 'is invalid');
    throw invalidRequest(`${path === '' ? 'The body' : path}: ${what}`, path === '' ? undefined : path);
  }
  const { messages, model, stream, stream_options, reasoning_effort, response_format } = parsed.data;
  const said = messages.filter(({ role }) => role === 'user' || role === 'assistant');
  const last = said.at(-1);
  if (last?.role !== 'user' || typeof last.content !== 'string' || last.content === '') {
    throw invalidRequest('messages: the last one must be of the user, and not empty', 'messages');
  }
  const instructions = messages
    .filter(({ role }) => role === 'system' || role === 'developer')
    .map(({ content }) => content)
    .join('\n\n');
  return {
    model: model ?? null,
    stream: stream ?? false,
    includeUsage: stream_options?.include_usage ?? false,
    instructions: instructions === '' ? null : instructions,
    history: said.slice(0, -1).map(({ role, content }) => historyItem(role, content ?? '')),
    prompt: last.content,
    effort: reasoning_effort ?? undefined,
    outputSchema: response_format?.type === 'json_schema' ? response_format.json_schema.schema : undefined,
  };
}

function historyItem(role: string, said: string): unknown {
  const type = role === 'assistant' ? 'output_text' : 'input_text';
  return { type: 'message', role, content: [{ type, text: said }] };
}

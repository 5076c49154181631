import { z } from 'zod';
import type { WorkflowDefinition } from './workflow.js';

const MAX_STEPS = 50;
/** A delay holds a worker's slot, so it is for pauses, not for calendars. */
const MAX_DELAY_MS = 600_000;
const MAX_TIMEOUT_MS = 600_000;

/** Set by the HTTP client itself, or a way to smuggle a second request behind the first. */
const RESERVED_HEADERS =
  /^(host|content-length|transfer-encoding|connection|keep-alive|upgrade|expect|te|trailer|proxy-.*)$/i;

const text = (max: number) =>
  z
    .string()
    .min(1, 'must not be empty')
    .max(max, `must be at most ${max} characters long`)
    // eslint-disable-next-line no-control-regex -- PostgreSQL keeps no NUL in text.
    .regex(/^[^\u0000]*$/, 'must not hold a NUL character');
const integer = (min: number, max: number) =>
  z.int('must be a whole number').min(min, `must be at least ${min}`).max(max, `must be at most ${max}`);

const base = {
  id: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/,
      'must be up to 64 letters, digits, _ or -, and start with a letter or digit',
    ),
  retry: z
    .strictObject({ maxAttempts: integer(1, 10).default(3), backoffMs: integer(0, 60_000).default(500) })
    .optional(),
  timeoutMs: integer(10, MAX_TIMEOUT_MS).optional(),
};

const delay = z.strictObject({ ...base, kind: z.literal('delay'), ms: integer(0, MAX_DELAY_MS) });

const httpUrl = text(2048).superRefine((value, context) => {
  const why = whyNotFetchable(value);
  if (why !== undefined) context.addIssue({ code: 'custom', message: why });
});

const headers = z.record(
  z
    .string()
    .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, 'is not a header name')
    .refine((name) => !RESERVED_HEADERS.test(name), 'is a header that the step sets itself'),
  text(4096).regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'must be one line of Latin-1 text'),
);

const http = z
  .strictObject({
    ...base,
    kind: z.literal('http'),
    method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET'),
    url: httpUrl,
    headers: headers
      .refine((all) => Object.keys(all).length <= 50, 'must hold at most 50 headers')
      .optional(),
    body: z.json('must be JSON').optional(),
  })
  .refine(({ method, body }) => body === undefined || (method !== 'GET' && method !== 'HEAD'), {
    path: ['body'],
    error: 'is not sent with GET or HEAD; leave it out or use another method',
  });

const transform = z.strictObject({ ...base, kind: z.literal('transform'), expression: text(10_000) });

const llm = z.strictObject({
  ...base,
  kind: z.literal('llm'),
  prompt: text(50_000),
  model: text(200).optional(),
  provider: z.enum(['openai', 'anthropic', 'litellm', 'app-server']).optional(),
  maxTokens: integer(1, 100_000).optional(),
});

/** What `POST /api/workflows` takes. Unknown fields are refused at every level. */
export const workflowSchema: z.ZodType<WorkflowDefinition> = z
  .strictObject({
    name: text(200).trim().min(1, 'must not be empty'),
    steps: z
      .array(
        z.discriminatedUnion('kind', [delay, http, transform, llm], {
          error: (issue) =>
            issue.code === 'invalid_union' ? 'must be one of delay, http, transform, llm' : undefined,
        }),
      )
      .min(1, 'must hold at least one step')
      .max(MAX_STEPS, `must hold at most ${MAX_STEPS} steps`),
  })
  .superRefine(({ steps }, context) => {
    const seen = new Set<string>();
    steps.forEach(({ id }, index) => {
      if (seen.has(id)) {
        context.addIssue({
          code: 'custom',
          path: ['steps', index, 'id'],
          message: 'is used by an earlier step; each step needs an id of its own',
        });
      }
      seen.add(id);
    });
  });

function whyNotFetchable(value: string): string | undefined {
  if (!URL.canParse(value)) return 'must be an absolute URL';
  const url = new URL(value);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'must start with http:// or https://';
  if (url.username !== '' || url.password !== '') {
    return 'must not hold credentials; send them in an authorization header';
  }
  return undefined;
}

import { z } from 'zod';
import { refusal, type Problem, type ProblemException } from '../../http/index.js';
import { fieldErrors } from '../definition/field-errors.js';
import { tooDeep } from '../definition/json-depth.js';
import { UUID } from '../job.js';
import { EXECUTION_STATUSES } from '../store/execution.js';

const uuid = z.string().regex(UUID, 'must be a UUID');
const page = {
  limit: z
    .string()
    .regex(/^[1-9]\d{0,2}$/, 'must be a whole number from 1 to 100')
    .transform(Number)
    .refine((limit) => limit <= 100, 'must be at most 100')
    .default(20),
  cursor: z
    .string()
    .regex(/^\d{1,18}$/, 'must be the nextCursor of an earlier page')
    .transform((cursor): string | null => cursor)
    .default(null),
};

const pageQuery = z.strictObject(page);
const executionsQuery = z.strictObject({
  ...page,
  status: z.enum(EXECUTION_STATUSES).optional(),
  workflowId: uuid.optional(),
});
const executionBody = z.strictObject({ input: z.unknown().optional() });
const idempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]([\x20-\x7e]{0,253}[\x21-\x7e])?$/, 'must be 1 to 255 printable ASCII characters');

/** Says the first thing that is wrong in a line, and all of them by path. */
export function badRequest(
  errors: NonNullable<Problem['errors']>,
  code: 'request.invalid' | 'workflow.invalid' = 'request.invalid',
): ProblemException {
  const [first, ...others] = errors;
  const more = others.length === 0 ? '' : ` (and ${others.length} more)`;
  return refusal(code, { errors, ...(first === undefined ? {} : { detail: `${first.message}${more}` }) });
}

function read<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (!result.success) throw badRequest(fieldErrors(result.error.issues, value));
  return result.data;
}

export const readPageQuery = (query: unknown) => read(pageQuery, query);
export const readExecutionsQuery = (query: unknown) => read(executionsQuery, query);

/** The input of an execution; an empty object when there is no body or it names none. */
export function readInput(body: unknown): unknown {
  if (tooDeep(body)) throw badRequest([{ path: 'input', message: 'input is nested too deeply' }]);
  return read(executionBody, body ?? {}).input ?? {};
}

export function readIdempotencyKey(header: string | undefined): string | null {
  if (header === undefined) return null;
  const result = idempotencyKey.safeParse(header);
  if (result.success) return result.data;
  const why = result.error.issues[0]?.message ?? 'is not valid';
  throw badRequest([{ path: 'Idempotency-Key', message: `the header Idempotency-Key ${why}` }]);
}

export function isId(id: string): boolean {
  return UUID.test(id);
}

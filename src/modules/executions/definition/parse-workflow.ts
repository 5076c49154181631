import { whyTooComplex } from './expression.policy.js';
import { fieldErrors, type FieldError } from './field-errors.js';
import { tooDeep } from './json-depth.js';
import type { WorkflowDefinition } from './workflow.js';
import { workflowSchema } from './workflow.schema.js';

export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly errors: readonly FieldError[] };

/** Reads a workflow's definition. Expressions are only looked at here; what they mean is for the sandbox to say. */
export function parseWorkflow(body: unknown): Parsed<WorkflowDefinition> {
  if (tooDeep(body)) return { ok: false, errors: [{ path: '', message: 'the body is nested too deeply' }] };
  const result = workflowSchema.safeParse(body);
  if (!result.success) return { ok: false, errors: fieldErrors(result.error.issues, body) };
  const errors = result.data.steps.flatMap((step, index) => {
    const why = step.kind === 'transform' ? whyTooComplex(step.expression) : undefined;
    return why === undefined
      ? []
      : [{ path: `steps[${index}].expression`, message: `step "${step.id}": expression ${why}` }];
  });
  return errors.length === 0 ? { ok: true, value: result.data } : { ok: false, errors };
}

import jsonata from 'jsonata';
import { fieldErrors, type FieldError } from './field-errors.js';
import { tooDeep } from './json-depth.js';
import type { WorkflowDefinition } from './workflow.js';
import { workflowSchema } from './workflow.schema.js';

export type Parsed<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly errors: readonly FieldError[] };

/** Reads a workflow's definition. Expressions are compiled, so that a wrong one is told now and not at three in the morning. */
export function parseWorkflow(body: unknown): Parsed<WorkflowDefinition> {
  if (tooDeep(body)) return { ok: false, errors: [{ path: '', message: 'the body is nested too deeply' }] };
  const result = workflowSchema.safeParse(body);
  if (!result.success) return { ok: false, errors: fieldErrors(result.error.issues, body) };
  const errors = result.data.steps.flatMap((step, index) => {
    const why = step.kind === 'transform' ? whyNotCompiled(step.expression) : undefined;
    return why === undefined
      ? []
      : [{ path: `steps[${index}].expression`, message: `step "${step.id}": expression ${why}` }];
  });
  return errors.length === 0 ? { ok: true, value: result.data } : { ok: false, errors };
}

function whyNotCompiled(expression: string): string | undefined {
  try {
    jsonata(expression);
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return 'is nested too deeply';
    const { message, position } = error as { message?: unknown; position?: unknown };
    const where = typeof position === 'number' ? ` (at character ${position})` : '';
    return `does not compile: ${String(message).slice(0, 200)}${where}`;
  }
}

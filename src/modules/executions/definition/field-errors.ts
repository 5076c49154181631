import type { z } from 'zod';

/** Which field is wrong, by path (`steps[1].url`), and what would be right. Never holds the value itself. */
export interface FieldError {
  readonly path: string;
  readonly message: string;
}

const MOST = 20;

/** Tells the schema's complaints by path; a complaint inside a step names the step by its id as well. */
export function fieldErrors(issues: readonly z.core.$ZodIssue[], body: unknown): readonly FieldError[] {
  return issues.flatMap((issue) => each(issue, body)).slice(0, MOST);
}

function each(issue: z.core.$ZodIssue, body: unknown): FieldError[] {
  const at = (path: readonly PropertyKey[], message: string): FieldError => ({
    path: pathText(path),
    message: `${stepName(path, body)}${fieldName(path)} ${message}`,
  });
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => at([...issue.path, key.slice(0, 64)], 'is not a known field'));
    case 'invalid_type':
      return [at(issue.path, valueAt(body, issue.path) === undefined ? 'is required' : kind(issue.expected))];
    case 'invalid_value':
      return [at(issue.path, `must be one of ${issue.values.map(String).join(', ')}`)];
    case 'invalid_key':
      return [at(issue.path, issue.issues[0]?.message ?? 'has a name that is not allowed')];
    default:
      return [at(issue.path, issue.message)];
  }
}

function kind(expected: string): string {
  const name = expected === 'int' ? 'whole number' : expected;
  return `must be ${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`;
}

function pathText(path: readonly PropertyKey[]): string {
  let textual = '';
  for (const part of path) {
    if (typeof part === 'number') textual += `[${part}]`;
    else textual += textual === '' ? String(part) : `.${String(part)}`;
  }
  return textual;
}

function fieldName(path: readonly PropertyKey[]): string {
  const last = path.at(-1);
  if (last === undefined) return 'the body';
  return typeof last === 'number' ? pathText(path) : String(last).slice(0, 100);
}

function stepName(path: readonly PropertyKey[], body: unknown): string {
  if (path[0] !== 'steps' || typeof path[1] !== 'number') return '';
  const id = valueAt(body, ['steps', path[1], 'id']);
  return typeof id === 'string' ? `step "${id.slice(0, 64)}": ` : `step ${path[1] + 1}: `;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let current = value;
  for (const part of path) {
    if (typeof current !== 'object' || current === null) return undefined;
    current = Object.hasOwn(current, part) ? Reflect.get(current, part) : undefined;
  }
  return current;
}

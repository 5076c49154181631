import { describe, expect, it } from '@jest/globals';
import { parseWorkflow } from '../../../src/modules/executions/definition/parse-workflow.js';

const step = { id: 'a', kind: 'delay', ms: 1 };
const errorsOf = (body: unknown) => {
  const parsed = parseWorkflow(body);
  return parsed.ok ? [] : parsed.errors;
};
const errorOf = (extra: Record<string, unknown>) => errorsOf({ name: 'x', steps: [extra] })[0];

describe('the definition of a workflow', () => {
  it('takes every kind of step, and fills in what may be left out', () => {
    const parsed = parseWorkflow({
      name: ' hello ',
      steps: [
        step,
        { id: 'call', kind: 'http', url: 'https://example.org/', retry: { maxAttempts: 5 } },
        { id: 'shape', kind: 'transform', expression: 'steps.call.body' },
        { id: 'ask', kind: 'llm', prompt: 'Why?' },
      ],
    });
    expect(parsed).toMatchObject({
      ok: true,
      value: {
        name: 'hello',
        steps: [step, { method: 'GET', retry: { maxAttempts: 5, backoffMs: 500 } }, {}, {}],
      },
    });
  });

  it.each([
    ['a missing field', { id: 'a', kind: 'delay' }, 'steps[0].ms', 'step "a": ms is required'],
    ['a wrong type', { ...step, ms: 'soon' }, 'steps[0].ms', 'step "a": ms must be a number'],
    ['a fraction', { ...step, ms: 1.5 }, 'steps[0].ms', 'step "a": ms must be a whole number'],
    ['an unknown field', { ...step, evil: 1 }, 'steps[0].evil', 'step "a": evil is not a known field'],
    [
      'an unknown kind',
      { id: 'a', kind: 'exec' },
      'steps[0].kind',
      'step "a": kind must be one of delay, http, transform, llm',
    ],
    ['no kind', { id: 'a' }, 'steps[0].kind', 'step "a": kind must be one of delay, http, transform, llm'],
    ['no id', { kind: 'delay', ms: 1 }, 'steps[0].id', 'step 1: id is required'],
    ['a step that is none', null, 'steps[0]', 'step 1: steps[0] must be an object'],
    [
      'an unknown field deeper down',
      { ...step, retry: { maxAttempts: 2, often: true } },
      'steps[0].retry.often',
      'step "a": often is not a known field',
    ],
  ])('names the step and the field of %s', (_what, wrong, path, message) => {
    expect(errorOf(wrong as Record<string, unknown>)).toEqual({ path, message });
  });

  it.each([
    ['a file', 'file:///etc/passwd'],
    ['no URL', 'example.org'],
    ['credentials', 'http://user:hunter2@example.org/'],
    ['a NUL', 'http://example.org/\u0000'],
  ])('refuses a URL that is or holds %s, and does not echo it', (_what, url) => {
    const error = errorOf({ id: 'a', kind: 'http', url });
    expect(error?.path).toBe('steps[0].url');
    expect(error?.message).not.toContain('hunter2');
  });

  it.each([
    ['Host', 'x'],
    ['Content-Length', '1'],
    ['transfer-encoding', 'chunked'],
    ['x-a', 'one\r\nx-b: two'],
    ['x a', 'x'],
  ])('refuses the header %s: %j', (name, value) => {
    const error = errorOf({ id: 'a', kind: 'http', url: 'http://example.org/', headers: { [name]: value } });
    expect(error?.path).toContain('steps[0].headers');
  });

  it('refuses a body with GET, two steps of one id, no step, too many, and what is no object', () => {
    const http = { id: 'a', kind: 'http', url: 'http://example.org/', body: { a: 1 } };
    expect(errorOf(http)?.path).toBe('steps[0].body');
    expect(errorOf({ ...http, method: 'POST' })).toBeUndefined();
    expect(errorsOf({ name: 'x', steps: [step, step] })[0]?.path).toBe('steps[1].id');
    expect(errorsOf({ name: 'x', steps: [] })[0]?.path).toBe('steps');
    const many = Array.from({ length: 51 }, (_, n) => ({ ...step, id: `s${n}` }));
    expect(errorsOf({ name: 'x', steps: many })[0]?.path).toBe('steps');
    for (const body of [null, undefined, [], 'x', 7]) expect(errorsOf(body)).not.toEqual([]);
  });

  it('tells all complaints at once, and a bounded number of them', () => {
    const bad = Array.from({ length: 40 }, (_, n) => ({ id: `s${n}`, kind: 'delay', ms: 'soon' }));
    expect(errorsOf({ name: 'x', steps: bad.slice(0, 3) })).toHaveLength(3);
    expect(errorsOf({ name: 'x', steps: bad })).toHaveLength(20);
  });

  it('refuses what is nested too deeply before anything recurses into it', () => {
    let body: unknown = 1;
    for (let depth = 0; depth < 100_000; depth += 1) body = [body];
    expect(errorsOf({ name: 'x', steps: [{ ...step, body }] })[0]?.message).toContain('nested too deeply');
    const expression = `${'('.repeat(4000)}1${')'.repeat(4000)}`;
    expect(errorOf({ id: 'a', kind: 'transform', expression })?.path).toBe('steps[0].expression');
    for (const hostile of [
      `a${'.*'.repeat(4990)}`,
      `a${'[0]'.repeat(3000)}`,
      `1${'+1'.repeat(4000)}`,
      `$f${'()'.repeat(4000)}`,
    ])
      expect(errorOf({ id: 'a', kind: 'transform', expression: hostile })?.message).toContain(
        'chains more than',
      );
    const long = Array.from(
      { length: 300 },
      (_, n) => `"k${n}.(.(": steps.call.body.k${n} & ", " & input.x`,
    ).join(', ');
    expect(
      errorOf({
        id: 'a',
        kind: 'transform',
        expression: `{ ${long.slice(0, 9000).replace(/,[^,]*,[^,]*$/, '')} }`,
      }),
    ).toBeUndefined();
  });
});

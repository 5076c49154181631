import { describe, expect, it } from '@jest/globals';
import { ExpressionChecker } from '../../../src/modules/executions/definition/expression-checker.service.js';
import type { WorkflowDefinition } from '../../../src/modules/executions/definition/workflow.js';
import type {
  Compilation,
  Compiled,
  Sandbox,
} from '../../../src/modules/executions/sandbox/sandbox.service.js';

/** Answers in turn what it is told to, and keeps what it was asked. */
function checkerWith(...replies: Compiled[]) {
  const asked: (readonly string[])[] = [];
  const sandbox = {
    compile: async ({ expressions }: Compilation) => {
      asked.push(expressions);
      return replies.shift() ?? { kind: 'compiled' as const, errors: [] };
    },
  } as unknown as Sandbox;
  const checker = new ExpressionChecker(sandbox);
  const errorsOf = (...expressions: string[]) =>
    checker.errorsOf({
      name: 'w',
      steps: expressions.map((expression, at) => ({ id: `s${at}`, kind: 'transform', expression })),
    } as unknown as WorkflowDefinition);
  return { errorsOf, asked };
}

const wrongAt = (index: number): Compiled => ({
  kind: 'compiled',
  errors: [{ index, message: 'does not compile' }],
});

describe('the expressions of a workflow', () => {
  it('are compiled once each, and never again', async () => {
    const { errorsOf, asked } = checkerWith();
    expect(await errorsOf('a', 'b', 'a')).toEqual([]);
    expect(await errorsOf('b', 'c')).toEqual([]);
    expect(await errorsOf('a', 'b', 'c')).toEqual([]);
    expect(asked).toEqual([['a', 'b'], ['c']]);
  });

  it('that are wrong are told at each of their steps, also when they are known', async () => {
    const { errorsOf } = checkerWith(wrongAt(1));
    const errors = [
      { path: 'steps[1].expression', message: 'step "s1": expression does not compile' },
      { path: 'steps[2].expression', message: 'step "s2": expression does not compile' },
    ];
    expect(await errorsOf('a', '((', '((')).toEqual(errors);
    expect(await errorsOf('a', '((', '((')).toEqual(errors);
  });

  it('that took too much are told, and tried again', async () => {
    const { errorsOf, asked } = checkerWith({ kind: 'too-slow', index: 1 });
    expect(await errorsOf('a', 'b')).toEqual([
      { path: 'steps[1].expression', message: expect.stringContaining('takes too long to compile') },
    ]);
    expect(await errorsOf('a', 'b')).toEqual([]);
    expect(asked).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
  });

  it('that could not be compiled now are no fault of the workflow', async () => {
    const { errorsOf } = checkerWith({ kind: 'unknown' });
    await expect(errorsOf('a')).rejects.toMatchObject({ message: expect.any(String) });
    expect(await errorsOf('a')).toEqual([]);
  });
});

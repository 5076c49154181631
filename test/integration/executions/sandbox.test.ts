import { afterAll, describe, expect, it } from '@jest/globals';
import { Sandbox } from '../../../src/modules/executions/sandbox/sandbox.service.js';
import { TransformStepRunner } from '../../../src/modules/executions/steps/transform.step.js';
import { noStarving, withoutDescriptors } from '../../fixtures/descriptors.js';

const sandbox = new Sandbox();
afterAll(() => sandbox.onApplicationShutdown());

const evaluate = (expression: string, data: unknown = {}, signal = new AbortController().signal) =>
  sandbox.evaluate({ expression, data: JSON.stringify(data), timeoutMs: 1000, maxOutput: 10_000, signal });

describe('the sandbox', () => {
  it('evaluates over the data, nothing being null', async () => {
    expect(await evaluate('input.a + 1', { input: { a: 1 } })).toEqual({ kind: 'done', output: '2' });
    expect(await evaluate('nothing.here')).toEqual({ kind: 'done', output: 'null' });
  });

  it('says why an expression failed', async () => {
    expect(await evaluate('"a" + 1')).toMatchObject({
      kind: 'failed',
      message: expect.stringContaining('+'),
    });
  });

  it.each([
    ['spins', '($f := function($n) { $f($n + 1) }; $f(0))'],
    ['backtracks for ever', '$match("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", /(a+)+$/)'],
    ['recurses too deeply', '($f := function($n) { 1 + $f($n + 1) }; $f(0))'],
    ['needs too much memory', '$reduce([1..9999999], function($a, $b) { $append($a, [$b, $b]) }, [])'],
    ['needs too much memory at once', '$pad("x", 400000000)'],
    ['doubles a text until it does not fit', '($f := function($s) { $f($s & $s) }; $f("xxxxxxxx"))'],
    ['answers too much', '$pad("x", 20000)'],
  ])('ends an expression that %s, and lives', async (_what, expression) => {
    expect((await evaluate(expression)).kind).not.toBe('done');
    expect(await evaluate('1')).toEqual({ kind: 'done', output: '1' });
  });

  it.each([
    '$constructor',
    '$.constructor.constructor("return process")()',
    '__proto__.constructor',
    'process.env',
  ])('shows nothing of the process: %s', async (expression) => {
    const reply = await evaluate(expression);
    expect(JSON.stringify(reply)).not.toContain('PATH');
    if (reply.kind === 'done') expect(['null', '{}']).toContain(reply.output);
  });

  it('runs many at once, each with its own fate', async () => {
    const replies = await Promise.all([
      ...Array.from({ length: 10 }, (_, n) => evaluate(String(n))),
      evaluate('$pad("x", 400000000)'),
    ]);
    expect(replies.slice(0, 10)).toEqual(
      Array.from({ length: 10 }, (_, n) => ({ kind: 'done', output: String(n) })),
    );
    expect(replies[10]?.kind).not.toBe('done');
  });

  it('stops at once when it is told to', async () => {
    const stop = new AbortController();
    const evaluation = evaluate('($f := function($n) { $f($n + 1) }; $f(0))', {}, stop.signal);
    stop.abort(new Error('enough'));
    await expect(evaluation).rejects.toThrow('enough');
  });
});

describe('the compiler in the sandbox', () => {
  const compile = (...expressions: string[]) =>
    sandbox.compile({ expressions, timeoutMs: 1000, signal: AbortSignal.timeout(60_000) });

  it('says which expressions do not compile, and why', async () => {
    expect(await compile('1', 'a.b', '((')).toEqual({
      kind: 'compiled',
      errors: [{ index: 2, message: expect.stringMatching(/^does not compile: .* \(at character 2\)$/) }],
    });
  });

  it('has a limit for all of them together, and says where it was', async () => {
    const slow = Array.from({ length: 25 }, () => `a${'.*'.repeat(4990)}`);
    const reply = await compile('1', ...slow);
    expect(reply).toEqual({ kind: 'too-slow', index: expect.any(Number) });
    expect(await evaluate('1')).toEqual({ kind: 'done', output: '1' });
  });
});

(noStarving === undefined ? describe : describe.skip)('a sandbox for which no descriptor is left', () => {
  const fresh = new Sandbox();
  afterAll(() => fresh.onApplicationShutdown());
  const { signal } = new AbortController();
  const one = { expression: '1', data: '{}', timeoutMs: 1000, maxOutput: 100, signal };

  it('says so, for all who ask, and works as soon as there are some', async () => {
    await withoutDescriptors(async () => {
      const replies = await Promise.all(Array.from({ length: 9 }, () => fresh.evaluate(one)));
      expect(new Set(replies.map((reply) => JSON.stringify(reply)))).toEqual(
        new Set([JSON.stringify({ kind: 'unavailable', message: 'no process can be started (EMFILE)' })]),
      );
      expect(await fresh.compile({ expressions: ['1'], timeoutMs: 1000, signal })).toEqual({
        kind: 'unknown',
      });
    });
    expect(await fresh.evaluate(one)).toEqual({ kind: 'done', output: '1' });
  });

  it('fails the try of a step with its reason, and for a later one to succeed', async () => {
    const step = { id: 'shape', kind: 'transform', expression: '1' } as const;
    const empty = new Sandbox();
    const run = () =>
      new TransformStepRunner(empty).run(step, { input: {}, outputs: new Map(), signal, elapsedMs: 0 });
    await withoutDescriptors(async () => {
      await expect(run()).rejects.toMatchObject({
        code: 'transform.unavailable',
        message: expect.stringContaining('EMFILE'),
        again: { retryable: true },
      });
    });
    expect(await run()).toBe(1);
    empty.onApplicationShutdown();
  });
});

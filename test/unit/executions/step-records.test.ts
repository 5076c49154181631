import { describe, expect, it } from '@jest/globals';
import { canBeRun } from '../../../src/modules/executions/definition/workflow.js';
import { refusalOf } from '../../../src/modules/executions/store/refusal.js';
import { stepRecords, type NotedStep } from '../../../src/modules/executions/store/step-records.js';

const noted = (index: number): NotedStep => ({
  index,
  status: 'succeeded',
  attempts: 1,
  startedAt: null,
  finishedAt: null,
  output: index,
  error: null,
  failures: [],
});

describe('the steps of an execution', () => {
  it('are those of the workflow, with what is noted of each', () => {
    const steps = [
      { id: 'a', kind: 'delay' },
      { id: 'b', kind: 'http' },
    ];
    expect(stepRecords(steps, [noted(1)])).toMatchObject([
      { id: 'a', kind: 'delay', status: 'pending', output: null },
      { id: 'b', kind: 'http', status: 'succeeded', output: 1 },
    ]);
  });

  it.each([[null], [{}], ['text'], [7]])('are none when the definition is %j', (definition) => {
    expect(stepRecords(definition, [noted(0)])).toEqual([]);
    expect(canBeRun(definition)).toBe(false);
  });

  it.each([[null], [{}], ['text'], [{ id: 'a', kind: 'other' }], [{ id: 1, kind: 'http' }]])(
    'can be read, and not run, when one of them is %j',
    (step) => {
      expect(stepRecords([step], [])).toHaveLength(1);
      expect(canBeRun([step])).toBe(false);
    },
  );
});

describe('what the database refuses for good', () => {
  const refused = (code: string) =>
    refusalOf(Object.assign(new Error('a secret'), { code }), 'step.unstorable', 'it');

  it.each(['22P05', '22P02', '22003', '23514', '54001', 'P0001'])('is told by its SQLSTATE: %s', (code) => {
    expect(refused(code)).toEqual({ code: 'step.unstorable', message: expect.stringContaining(code) });
    expect(refused(code)?.message).not.toContain('secret');
  });

  it.each(['40001', '40P01', 'EPIPE', ''])('is not what may pass: %s', (code) => {
    expect(refused(code)).toBeNull();
  });
});

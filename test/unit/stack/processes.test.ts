import { describe, expect, it } from '@jest/globals';
import type { ProbeOutcome } from '../../../src/modules/supervision/index.js';
import { silenceIsFailure } from '../../../src/stack/steps/processes.js';

const pass: ProbeOutcome = { outcome: 'pass', message: 'ready' };
const no: ProbeOutcome = { outcome: 'fail', message: 'the queue is closed' };
const silence: ProbeOutcome = { outcome: 'error', message: 'no answer in time' };

async function seen(outcomes: readonly ProbeOutcome[], times = 2): Promise<string[]> {
  const left = [...outcomes];
  const probe = silenceIsFailure(() => Promise.resolve(left.shift() ?? pass), times);
  const answers: string[] = [];
  for (const _ of outcomes) answers.push((await probe()).outcome);
  return answers;
}

describe('the readiness of a process of the stack', () => {
  it('is what it answers, at once', async () => {
    expect(await seen([pass, no, pass])).toEqual(['pass', 'fail', 'pass']);
  });

  it('is not lost by one answer that a busy machine delays, and is by the second', async () => {
    expect(await seen([pass, silence, pass, silence, silence, silence])).toEqual([
      'pass',
      'error',
      'pass',
      'error',
      'fail',
      'fail',
    ]);
  });
});

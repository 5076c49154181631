import { describe, expect, it } from '@jest/globals';
import {
  initialThreshold,
  observe,
  type ProbeOutcome,
  type ThresholdState,
} from '../../../src/modules/supervision/probing/threshold.state.js';

const thresholds = { success: 2, failure: 3 };
const after = (outcomes: ProbeOutcome['outcome'][], initial: ThresholdState['verdict'] = 'unknown') =>
  outcomes.reduce((state, outcome) => observe(state, outcome, thresholds), initialThreshold(initial));

describe('threshold', () => {
  it('keeps its initial verdict until a run is long enough', () => {
    expect(after(['pass']).verdict).toBe('unknown');
    expect(after(['fail', 'fail'], 'pass').verdict).toBe('pass');
    expect(after(['pass', 'pass']).verdict).toBe('pass');
    expect(after(['fail', 'fail', 'fail'], 'pass').verdict).toBe('fail');
  });

  it('starts the run again when the outcome changes', () => {
    expect(after(['fail', 'fail', 'pass', 'fail', 'fail'], 'pass').verdict).toBe('pass');
  });

  it('never counts an error as a failure, nor as a success', () => {
    expect(after(['error', 'error', 'error', 'error'], 'pass').verdict).toBe('pass');
    expect(after(['pass', 'error']).verdict).toBe('unknown');
  });

  it('goes on with the run across an error', () => {
    expect(after(['fail', 'fail', 'error', 'fail'], 'pass').verdict).toBe('fail');
  });

  it('takes no notice of what was skipped, neither way', () => {
    expect(after(['fail', 'fail', 'skipped', 'fail'], 'pass').verdict).toBe('fail');
    expect(after(['fail', 'fail', 'skipped'], 'pass').verdict).toBe('pass');
    expect(after(['pass', 'skipped']).verdict).toBe('unknown');
    expect(after(['error', 'skipped', 'error']).errors).toBe(2);
  });

  it('counts how long it could not tell', () => {
    expect(after(['pass', 'error', 'error']).errors).toBe(2);
    expect(after(['error', 'error', 'pass']).errors).toBe(0);
  });
});

import { describe, expect, it } from '@jest/globals';
import { poison } from '../../../src/modules/heartbeat/assess/poison.assess.js';
import type { Death } from '../../../src/modules/heartbeat/assess/evidence.js';
import { evidence, NOON, slow } from './given.js';

const execution = '0b9a3a3e-6a5f-4d0b-9f53-2f0e8d1c7a11';
/** So many lives that ended, the last at noon, each with these jobs in its hands. */
const deaths = (count: number, jobs: readonly string[], name = 'life'): readonly Death[] =>
  Array.from({ length: count }, (_, n) => ({
    incarnation: `${name}-${n}`,
    token: '',
    at: NOON - (count - 1 - n) * 1000,
    jobs,
  }));

describe('a job that ends whoever takes it', () => {
  it('is named with its queue and the number of its victims, and with what a restart does', () => {
    expect(poison(evidence({ deaths: deaths(4, ['job-7']) }))).toEqual({
      code: 'jobs.poison',
      message:
        'Job job-7 of queue execution has ended 4 workers that held it, one after the other. A restart hands it to the next one: remove the job, or mend its processor.',
      details: { poisonJobs: [{ jobId: 'job-7', work: 'job-7', lives: 4 }] },
    });
  });

  it('is named with its execution when it is an attempt at one', () => {
    const verdict = poison(evidence({ deaths: deaths(3, [`${execution}-2`]) }));
    expect(verdict?.message).toMatch(
      `Job ${execution}-2, an attempt at execution ${execution}, of queue execution has ended 3 workers`,
    );
    expect(verdict?.details).toEqual({
      poisonJobs: [{ jobId: `${execution}-2`, work: execution, lives: 3 }],
    });
  });

  it('is none before the third of them', () => {
    expect(poison(evidence({ deaths: deaths(2, ['job-7']) }))).toBeNull();
    expect(poison(evidence())).toBeNull();
  });

  it('is over when it has ended, and the next worst is told', () => {
    const both = [...deaths(4, ['job-7']), ...deaths(3, ['job-8'], 'other')];
    const told = (ended: readonly string[]) => poison(evidence({ deaths: both, slow: slow({ ended }) }));
    expect(told([])?.details).toMatchObject({ poisonJobs: [{ jobId: 'job-7' }, { jobId: 'job-8' }] });
    expect(told(['job-7'])?.details).toEqual({ poisonJobs: [{ jobId: 'job-8', work: 'job-8', lives: 3 }] });
    expect(told(['job-7', 'job-8'])).toBeNull();
  });

  it('is over when it was given up, and two minutes have brought no next attempt', () => {
    const told = (sinceMs: number) =>
      poison(
        evidence({
          deaths: deaths(3, ['job-7']),
          now: NOON + sinceMs,
          slow: slow({ givenUp: ['job-7'] }),
        }),
      );
    expect(told(120_000)).not.toBeNull();
    expect(told(120_001)).toBeNull();
  });

  it('is told before the queue has been looked at', () => {
    expect(poison(evidence({ deaths: deaths(3, ['job-7']), slow: null }))?.code).toBe('jobs.poison');
  });

  it('is one of at most ten in the details', () => {
    const ids = Array.from({ length: 11 }, (_, n) => `job-${n}`);
    const verdict = poison(evidence({ deaths: deaths(3, ids) }));
    expect(verdict?.details['poisonJobs']).toHaveLength(10);
    expect(verdict?.message).toContain('Job job-0 of');
  });
});

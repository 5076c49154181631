import { poisonAmong } from './deaths.state.js';
import type { QueueEvidence } from './evidence.js';
import type { Verdict } from './verdict.js';

/** A job that kills whoever takes it: told as long as it has not ended, whoever lives or is lost at the moment. */
export function poison({ deaths, slow, queue }: QueueEvidence): Verdict | null {
  const found = poisonAmong(deaths).filter(({ jobId }) => slow?.ended.includes(jobId) !== true);
  const [worst] = found;
  if (worst === undefined) return null;
  return {
    code: 'jobs.poison',
    message: `Job ${worst.jobId} of queue ${queue} has ended ${worst.lives} workers that held it, one after the other. A restart hands it to the next one: remove the job, or mend its processor.`,
    details: { poisonJobs: found.slice(0, 10).map(({ jobId, lives }) => ({ jobId, lives })) },
  };
}

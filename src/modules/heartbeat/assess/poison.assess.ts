import { isOver, poisonAmong } from './deaths.state.js';
import type { QueueEvidence } from './evidence.js';
import type { Verdict } from './verdict.js';

/** A job that kills whoever takes it: told as long as it has not ended, whoever lives or is lost at the moment. */
export function poison({ deaths, slow, queue, now }: QueueEvidence): Verdict | null {
  const found = poisonAmong(deaths).filter((each) => slow === null || !isOver(each, { now, slow }));
  const [worst] = found;
  if (worst === undefined) return null;
  const of = worst.work === worst.jobId ? '' : `, an attempt at execution ${worst.work},`;
  return {
    code: 'jobs.poison',
    message: `Job ${worst.jobId}${of} of queue ${queue} has ended ${worst.lives} workers that held it, one after the other. A restart hands it to the next one: remove the job, or mend its processor.`,
    details: { poisonJobs: found.slice(0, 10).map(({ work, jobId, lives }) => ({ jobId, work, lives })) },
  };
}

/** Work that is queued again under another id: the id of a job is that of the work, and the number of the attempt. */
const ATTEMPT = /^([\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})-(\d{1,10})$/i;

/** The queue's name of one attempt at some work, whose id is a UUID. */
export function attemptId(workId: string, attempt: number): string {
  return `${workId}-${attempt}`;
}

/** What a job is about: the same for every attempt. A job that is no attempt is its own work. */
export function workOf(jobId: string): string {
  return ATTEMPT.exec(jobId)?.[1] ?? jobId;
}

/** Whether there was an attempt before. */
export function isRepeated(jobId: string): boolean {
  return Number(ATTEMPT.exec(jobId)?.[2] ?? 1) > 1;
}

/** An attempt follows the one before, some are lost before anybody takes them. */
const FOLLOWING = 3;

/** The ids that the next attempts at the same work will have; none when the job is no attempt. */
export function nextAttempts(jobId: string): readonly string[] {
  const [, work, attempt] = ATTEMPT.exec(jobId) ?? [];
  if (work === undefined) return [];
  return Array.from({ length: FOLLOWING }, (_, n) => attemptId(work, Number(attempt) + n + 1));
}

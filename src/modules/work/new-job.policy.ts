import type { NewJob } from './queue-driver.js';

/** Redis keeps every waiting job in memory, so what travels in one is bounded. */
export const MAX_JOB_BYTES = 256 * 1024;

/** The job can never be queued as it is, however well the queue is. */
export class InvalidJobError extends Error {
  override readonly name = 'InvalidJobError';
}

/** Throws `InvalidJobError` when no driver may take the job; answers its payload as it travels. */
export function serializeJob(job: NewJob): string {
  // BullMQ reads `a:b` as a key of its own and numbers as its own counter, and refuses what `parseInt` gives back.
  const isNumber = /^\d+$/.test(job.id) || `${parseInt(job.id, 10)}` === job.id;
  if (!/^[^:\s]+$/.test(job.id) || isNumber) {
    throw new InvalidJobError(
      'the job id must be a word that is not a number and holds neither : nor spaces',
    );
  }
  if (job.name === '') throw new InvalidJobError('the job name is empty');
  const data = JSON.stringify(job.data);
  const bytes = utf8Length(data);
  if (bytes > MAX_JOB_BYTES) {
    throw new InvalidJobError(`the job data is ${bytes} bytes; at most ${MAX_JOB_BYTES} are allowed`);
  }
  return data;
}

function utf8Length(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}

// Accepted executions whose jobs wait, as a platform has them after a bad night, and what is true of it then.
import { randomUUID } from 'node:crypto';
import { Queue } from 'bullmq';
import pg from 'pg';
import { shown } from './numbers.mjs';

const CHUNK = 2000;
const QUEUE = 'execution';
/** A worker takes so many that hardly anything of the backlog is gone after half an hour. */
const STEPS = [{ id: 'pause', kind: 'delay', ms: 500 }];
/** What a backlog is rightly called, and by which check. */
const TRUE = new Set(['queue.backlog', 'workflows.waiting']);

/** Fills the queue with so many accepted executions of a workflow of its own. */
export async function fillBacklog({ env }, client, count, say) {
  const workflow = await client.createWorkflow(STEPS);
  const database = new pg.Client({ connectionString: env.DATABASE_URL });
  const queue = new Queue(QUEUE, { connection: { url: env.REDIS_URL } });
  await database.connect();
  try {
    for (let done = 0; done < count; done += CHUNK) {
      const ids = Array.from({ length: Math.min(CHUNK, count - done) }, () => randomUUID());
      // Accepted last, as the api does it: the reconciler must not find rows without jobs.
      await database.query(
        `INSERT INTO executions (id, workflow_id, queue, input, request_hash)
         SELECT id, $2, $3, '{}', 'backlog' FROM unnest($1::uuid[]) AS id`,
        [ids, workflow, QUEUE],
      );
      await queue.addBulk(
        ids.map((executionId) => ({
          name: QUEUE,
          data: { executionId, attempt: 1 },
          opts: { jobId: `${executionId}-1`, attempts: 1, removeOnComplete: true },
        })),
      );
      await database.query('UPDATE executions SET accepted = true WHERE id = ANY($1::uuid[])', [ids]);
      if (done % 50_000 === 0) say(`${shown(done + ids.length)} executions wait`);
    }
  } finally {
    await Promise.all([queue.close(), database.end()]);
  }
}

/** Whether an answer says nothing but what is true of a backlog. */
export function tellsBacklog({ path, status, text }) {
  return path.endsWith('/heartbeat') && status === 503 && TRUE.has(JSON.parse(text).status.code);
}

/** Whether a change of a check, as the metrics label it, is to what is true of a backlog. */
export const isOfBacklog = (labels) => [...TRUE].some((code) => labels.includes(`code="${code}"`));

import { connectionTo, NamedClient } from '../../modules/database/index.js';
import { ask } from '../ask.js';
import { compareIdentities, type IdentityRow } from '../same-queue.policy.js';
import type { Stack } from '../stack.js';
import type { Step } from '../step.js';
import { StepFailure } from '../step-failure.js';
import { waitFor } from '../wait-for.js';

const WITHIN_MS = 60_000;

/**
 * Every process wrote down which queue it uses, the api sees the worker by its heartbeat, and all of them are ready
 * at one moment: what `--status` says from now on.
 */
export const sameQueueStep: Step = {
  name: 'same queue',
  run: async (stack, say, signal) => {
    const client = new NamedClient({
      ...connectionTo(stack.environment.settings.DATABASE_URL ?? ''),
      application_name: 'probity-stack',
    });
    client.on('error', () => undefined);
    await client.connect();
    try {
      const deadline = performance.now() + WITHIN_MS;
      let said = '';
      return await waitFor(
        async () => {
          const why = await differs(stack, client);
          if (why === undefined) return 'api and worker use the same queue, and the worker beats';
          if (performance.now() > deadline) {
            throw new StepFailure(
              why,
              'Both processes read REDIS_URL, QUEUE_PREFIX and QUEUE_NAMES: see that no setting differs.',
            );
          }
          if (said !== why) say((said = why));
          return undefined;
        },
        signal,
        200,
      );
    } finally {
      await client.end();
    }
  },
};

/** Why they do not use the same queue, or are not known to; undefined when they do. */
async function differs(stack: Stack, client: NamedClient): Promise<string | undefined> {
  const [waiting] = stack.rows.filter((row) => row.state !== 'ready' && row.state !== 'external');
  if (waiting !== undefined) return `${waiting.name} is ${waiting.state}: ${waiting.detail}`;
  const processes = await Promise.all([
    instanceOf('api', stack.apiUrl, stack.opsToken),
    instanceOf('worker', stack.workerUrl, stack.opsToken),
  ]);
  const ids = processes.flatMap(({ instanceId }) => (instanceId === null ? [] : [instanceId]));
  if (ids.length < processes.length) return 'not every process says who it is';
  const { rows } = await client.query<IdentityRow>(
    `SELECT instance_id AS "instanceId", queue, sentinel, address, database_number AS "database", prefix
       FROM queue_identities WHERE instance_id = ANY($1) ORDER BY queue`,
    [ids],
  );
  const different = compareIdentities(processes, rows);
  if (different !== undefined) return different;
  return workerMissing(stack);
}

async function instanceOf(
  name: string,
  url: string,
  token: string | undefined,
): Promise<{ name: string; instanceId: string | null }> {
  const reply = await ask(`${url}/healthz`, token);
  const id = reply.ok ? reply.body['instanceId'] : null;
  return { name, instanceId: typeof id === 'string' ? id : null };
}

async function workerMissing({ apiUrl, opsToken }: Stack): Promise<string | undefined> {
  const reply = await ask(`${apiUrl}/api/production/queue/heartbeat`, opsToken);
  if (!reply.ok) return reply.why;
  const { workers, status, error } = reply.body as {
    workers?: readonly { state?: unknown }[];
    status?: { message?: unknown };
    error?: unknown;
  };
  if (workers?.some(({ state }) => state === 'running')) return undefined;
  return `the api sees no running worker: ${String(status?.message ?? error)}`;
}

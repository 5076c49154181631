import { randomUUID } from 'node:crypto';
import { connect, createServer, type AddressInfo } from 'node:net';
import { beforeAll, describe, expect, it } from '@jest/globals';
import type { TestingModule } from '@nestjs/testing';
import { Database, DatabaseUnavailableError } from '../../../src/modules/database/index.js';
import { ReconcileRepository } from '../../../src/modules/executions/store/reconcile.repository.js';
import { RunRepository } from '../../../src/modules/executions/store/run.repository.js';
import { SubmissionRepository } from '../../../src/modules/executions/store/submission.repository.js';
import { Submissions } from '../../../src/modules/executions/submit/submission.service.js';
import { atEnd } from '../../fixtures/cleanup.js';
import { eventually } from '../../fixtures/eventually.js';
import { TestDatabase } from '../../fixtures/postgres.js';
import { RedisServer } from '../../fixtures/redis.js';
import { accepted, createWorkflow, ended, startExecutions } from './executions-fixture.js';

/** Stands before Postgres; while it holds, who accepts an execution gets no answer, though it is done. */
class LateAnswers {
  holding = false;
  held = 0;

  static async before(url: string): Promise<{ url: string; late: LateAnswers }> {
    const late = new LateAnswers();
    const to = new URL(url);
    const server = createServer((client) => {
      const upstream = connect(Number(to.port), to.hostname);
      let silent = false;
      client.on('data', (bytes) => {
        // The check of the database tries the same statement, with a minute's time.
        if (late.holding && bytes.includes('SET accepted = true') && !bytes.includes('60000')) {
          silent = true;
          late.held += 1;
        }
        upstream.write(bytes);
      });
      upstream.on('data', (bytes) => silent || client.write(bytes));
      for (const socket of [client, upstream]) {
        socket.on('error', () => undefined);
        socket.on('close', () => [client, upstream].forEach((each) => each.destroy()));
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    atEnd(() => void server.close());
    const through = new URL(url);
    through.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    return { url: through.href, late };
  }
}

let database: TestDatabase;
let api: TestingModule;
let late: LateAnswers;
let workflowId: string;

beforeAll(async () => {
  const redis = await RedisServer.start();
  database = await TestDatabase.migrated();
  const through = await LateAnswers.before(database.url);
  late = through.late;
  api = await startExecutions({ REDIS_URL: redis.url, DATABASE_URL: through.url }, { work: false });
  await startExecutions({ REDIS_URL: redis.url, DATABASE_URL: database.url }, { work: true });
  workflowId = await createWorkflow(api, [{ id: 'pause', kind: 'delay', ms: 1 }]);
  await ended(api, await accepted(api, workflowId));
});

const submit = (idempotencyKey: string | null = null) =>
  api.get(Submissions).submit({ workflowId, input: {}, idempotencyKey });
const withKey = (key: string) =>
  database.query('SELECT status FROM executions WHERE idempotency_key = $1', [key]);

/** Its row is locked by whoever accepts it, until that is committed. */
const isBeingAccepted = (key: string) =>
  database.query('SELECT FROM executions WHERE idempotency_key = $1 FOR UPDATE NOWAIT', [key]).then(
    () => false,
    (error: { code?: string }) => error.code === '55P03',
  );

describe('an execution that was accepted, and the word of it comes late', () => {
  it('is answered as accepted when a worker has begun it already', async () => {
    late.holding = true;
    // On a busy machine the worker may not have begun it in time, and then it is refused and taken back.
    const id = await eventually(async () => {
      late.held = 0;
      const submitted = await submit();
      if (late.held === 0) throw new Error('the database was not asked to accept it');
      return submitted.kind === 'accepted' && submitted.id;
    });
    late.holding = false;
    expect(await ended(api, id)).toMatchObject({ status: 'succeeded' });
  });

  it('never runs when it is committed long after the refusal', async () => {
    // Where a commit waits for a disk or for a replica, it does so after the statement's own clock was asked.
    await database.query(`
      CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(2); RETURN NULL; END';
      CREATE CONSTRAINT TRIGGER late AFTER UPDATE ON executions DEFERRABLE INITIALLY DEFERRED
        FOR EACH ROW WHEN (NEW.accepted AND NOT OLD.accepted) EXECUTE FUNCTION late()`);
    const key = await eventually(async () => {
      const offered = randomUUID();
      const submitted = await submit(offered);
      if (submitted.kind !== 'refused') throw new Error(`it is ${submitted.kind}`);
      return (await isBeingAccepted(offered)) && offered;
    });
    await eventually(async () => (await withKey(key)).length === 0, { what: 'the end of what was refused' });
    await database.query('DROP TRIGGER late ON executions');
    const again = await eventually(async () => {
      const submitted = await submit(key);
      return submitted.kind === 'accepted' && submitted.id;
    });
    expect(await ended(api, again)).toMatchObject({ status: 'succeeded' });
  });
});

describe('an offer', () => {
  const offers = () => api.get(SubmissionRepository);
  const offer = (id: string, idempotencyKey: string) =>
    offers().offer({ id, workflowId, queue: 'nobody', input: '{}', idempotencyKey, requestHash: 'x' });

  it('is taken back, accepted or not, while nobody has taken it over', async () => {
    for (const accept of [false, true]) {
      const [id, key] = [randomUUID(), randomUUID()];
      await offer(id, key);
      if (accept) await offers().accept(id, 60_000);
      expect(await offers().withdraw(id)).toEqual({ kind: 'withdrawn' });
      expect(await withKey(key)).toEqual([]);
      expect(await offers().withdraw(id)).toEqual({ kind: 'withdrawn' });
    }
  });

  it('stays when another request with its key was told of it', async () => {
    const [id, key] = [randomUUID(), randomUUID()];
    await offer(id, key);
    await offers().accept(id, 60_000);
    const holder = { id, status: 'queued', accepted: true, requestHash: 'x' };
    expect(await offer(randomUUID(), key)).toEqual({ kind: 'held', holder });
    expect(await offers().withdraw(id)).toEqual({ kind: 'taken-over', status: 'queued' });
    expect(await offer(randomUUID(), key)).toEqual({ kind: 'held', holder });
  });

  it('is never taken over once its withdrawal is noted, whenever its acceptance is committed', async () => {
    // Nobody sweeps meanwhile.
    await database.query('DELETE FROM execution_sweep');
    const [id, key] = [randomUUID(), randomUUID()];
    await offer(id, key);
    const accepting = await api.get(Database).pool.connect();
    await accepting.query('BEGIN');
    await accepting.query('UPDATE executions SET accepted = true WHERE id = $1', [id]);
    const withdrawing = offers()
      .withdraw(id)
      .catch((error: Error) => error);
    // It stands in line for the row; whoever is faster than it once the row is free must find the note.
    const cut = await eventually(async () => {
      const [waiting] = await database.query<{ pid: number }>(
        `SELECT pid FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%DELETE FROM executions%'`,
      );
      return waiting?.pid;
    });
    await database.query('SELECT pg_terminate_backend($1)', [cut]);
    expect(await withdrawing).toBeInstanceOf(DatabaseUnavailableError);
    await accepting.query('COMMIT');
    accepting.release();
    const seen = {
      id,
      position: '0',
      queue: 'nobody',
      status: 'queued',
      attempt: 1,
      fence: '0',
      starts: 0,
    } as const;
    expect(await new RunRepository(api.get(Database)).begin(id, 1, 'worker')).toEqual({ kind: 'dropped' });
    expect(await new ReconcileRepository(api.get(Database)).requeue([seen])).toEqual([]);
    expect(await offer(randomUUID(), key)).toEqual({ kind: 'again' });
    expect(await withKey(key)).toEqual([{ status: 'queued' }]);
    // Its process may have died before it came back to it.
    await offers().removeAbandoned();
    expect(await withKey(key)).toEqual([]);
  });
});

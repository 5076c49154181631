import { beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { Counter } from 'prom-client';
import { parseSettings } from '../../../src/modules/config/parse-settings.js';
import { DatabaseUnavailableError, type Database } from '../../../src/modules/database/index.js';
import { Submissions } from '../../../src/modules/executions/submit/submission.service.js';
import type { SubmissionRepository } from '../../../src/modules/executions/store/submission.repository.js';
import { Board } from '../../../src/modules/health/index.js';
import { QueueUnavailableError, type QueueDriver } from '../../../src/modules/work/index.js';
import { queueOptions } from '../../../src/options/index.js';

const request = { workflowId: 'w', input: {}, idempotencyKey: null };
const queueIsDown = () => Promise.reject(new QueueUnavailableError('redis.unreachable', 'down'));
const databaseIsDown = () =>
  Promise.reject(new DatabaseUnavailableError({ code: 'database.disk_full', text: 'full' }));

beforeEach(() => Logger.overrideLogger(false));

/** Postgres and Redis as far as it matters here: what they answer, and what was asked of them, in order. */
function submissions(answers: { add?: () => Promise<void>; accept?: () => Promise<boolean> } = {}) {
  const asked: string[] = [];
  const within: number[] = [];
  const ask = <T>(what: string, value: T) => (asked.push(what), value);
  const repository = {
    offer: async () => ask('offer', { kind: 'made' }),
    accept: (_id: string, ms: number) => (within.push(ms), ask('accept', answers.accept?.() ?? true)),
    withdraw: async () => ask('withdraw', { kind: 'withdrawn' }),
  } as unknown as SubmissionRepository;
  const driver = { add: () => ask('add', answers.add?.()) } as unknown as QueueDriver;
  const database = { addDryRun: () => undefined, troubleWithin: () => null } as unknown as Database;
  const counted = new Counter({ name: 'c', help: 'c', labelNames: ['outcome'], registers: [] });
  const queues = queueOptions(parseSettings({}));
  return {
    submitter: new Submissions(repository, driver, queues, counted, database, new Board()),
    asked,
    within,
    outcomes: async () => (await counted.get()).values.map(({ labels, value }) => [labels.outcome, value]),
  };
}

describe('an execution is accepted', () => {
  it('as a row first, then a job, then the word that the row counts', async () => {
    const { submitter, asked, outcomes } = submissions();
    expect(await submitter.submit(request)).toMatchObject({ kind: 'accepted', status: 'queued' });
    expect(asked).toEqual(['offer', 'add', 'accept']);
    expect(await outcomes()).toEqual([['accepted', 1]]);
  });

  it('only while its client may still be told: within a second of its offer', async () => {
    const { submitter, within } = submissions();
    await submitter.submit(request);
    expect(within[0]).toBeGreaterThan(0);
    expect(within[0]).toBeLessThan(1000);
  });
});

describe('an execution that is refused is withdrawn', () => {
  it('when the queue does not take its job, and is never accepted', async () => {
    const { submitter, asked, outcomes } = submissions({ add: queueIsDown });
    expect(await submitter.submit(request)).toEqual({ kind: 'refused', code: 'redis.unreachable' });
    expect(asked).toEqual(['offer', 'add', 'withdraw']);
    expect(await outcomes()).toEqual([['refused', 1]]);
  });

  it('when the database cannot accept it', async () => {
    const { submitter, asked } = submissions({ accept: databaseIsDown });
    expect(await submitter.submit(request)).toEqual({ kind: 'refused', code: 'database.disk_full' });
    expect(asked).toEqual(['offer', 'add', 'accept', 'withdraw']);
  });

  it('when the database says that it accepts it too late', async () => {
    const { submitter, asked } = submissions({ accept: async () => false });
    expect(await submitter.submit(request)).toEqual({ kind: 'refused', code: 'database.unresponsive' });
    expect(asked).toEqual(['offer', 'add', 'accept', 'withdraw']);
  });
});

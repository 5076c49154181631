import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { ServiceIdentity } from '../../../src/modules/health/index.js';
import type { IdentityRepository } from '../../../src/modules/queue/identity/identity.repository.js';
import { QueueIdentityService } from '../../../src/modules/queue/identity/queue-identity.service.js';
import type { IncarnationRepository } from '../../../src/modules/queue/incarnation/incarnation.repository.js';
import { QueueIncarnation } from '../../../src/modules/queue/incarnation/queue-incarnation.service.js';
import type { QueueOptions } from '../../../src/modules/queue/index.js';
import { eventually } from '../../fixtures/eventually.js';

const HOUR_MS = 3_600_000;
const queues = {
  driver: 'bullmq',
  names: ['execution'],
  prefix: 'bull',
  redis: null,
  reconciles: true,
  problems: [],
} as const satisfies QueueOptions;

/** From now on the clock on the wall is off by so much. */
function step(byMs: number): void {
  jest.spyOn(Date, 'now').mockImplementation(() => performance.timeOrigin + performance.now() + byMs);
}

afterEach(() => void jest.restoreAllMocks());

describe('a step of the clock', () => {
  it.each([HOUR_MS, -HOUR_MS])('of %i ms makes nobody write or ask sooner or later', async (byMs) => {
    const calls = { write: 0, others: 0 };
    const repository = {
      write: async () => void (calls.write += 1),
      others: async () => ((calls.others += 1), []),
    } as unknown as IdentityRepository;
    const service = { name: 'api', instanceId: 'one' } as ServiceIdentity;
    const identities = new QueueIdentityService(repository, service, queues);
    for (const stepMs of [0, byMs]) {
      step(stepMs);
      identities.observe('execution', 'a', null);
      identities.conflicts();
      await Promise.resolve();
      expect(calls).toEqual({ write: 1, others: 1 });
    }
  });

  it('makes no loss of data believed that was not yet to be believed', async () => {
    let asked = 0;
    const repository = {
      recall: () => ((asked += 1), Promise.reject(new Error('Postgres is away'))),
      remember: () => Promise.reject(new Error('Postgres is away')),
    } as unknown as IncarnationRepository;
    const incarnation = new QueueIncarnation(repository, queues);
    const look = (sentinel: string) =>
      incarnation.observe('execution', { sentinel, lastId: 1, runId: 'one' });
    look('a');
    look('b');
    expect(incarnation.losses).toMatchObject([{ queue: 'execution', loss: { what: 'sentinel_changed' } }]);
    await eventually(() => asked > 0);
    await Promise.resolve();
    step(HOUR_MS);
    look('b');
    expect(incarnation.losses).toMatchObject([{ queue: 'execution', loss: { what: 'sentinel_changed' } }]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { compareIdentities, type IdentityRow } from '../../../src/stack/same-queue.policy.js';

const processes = [
  { name: 'api', instanceId: 'a' },
  { name: 'worker', instanceId: 'w' },
];
const row = (instanceId: string, change: Partial<IdentityRow> = {}): IdentityRow => ({
  instanceId,
  queue: 'execution',
  sentinel: 's1',
  address: '127.0.0.1:6379',
  database: 0,
  prefix: 'bull',
  ...change,
});

describe('the same queue', () => {
  it('is one sentinel, one database and one prefix', () => {
    expect(compareIdentities(processes, [row('a'), row('w')])).toBeUndefined();
  });

  it('may be reached by two addresses', () => {
    expect(compareIdentities(processes, [row('a'), row('w', { address: 'localhost:6379' })])).toBeUndefined();
  });

  it.each<[string, Partial<IdentityRow>]>([
    ['another Redis', { sentinel: 's2', address: '127.0.0.1:7000' }],
    ['another database', { database: 3 }],
    ['another prefix', { prefix: 'prod' }],
  ])('is not %s, and both are named', (_what, change) => {
    const other = row('w', change);
    const why = compareIdentities(processes, [row('a'), other]);
    expect(why).toContain('api uses 127.0.0.1:6379, database 0, prefix bull');
    expect(why).toContain(`worker uses ${other.address}, database ${other.database}, prefix ${other.prefix}`);
  });

  it('is not known while a process has written nothing, or misses a queue', () => {
    expect(compareIdentities(processes, [row('a')])).toBe('worker has not said yet which queue it uses');
    expect(compareIdentities(processes, [row('a'), row('w', { queue: 'other' })])).toBe(
      'worker does not use the queue execution',
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { isElsewhere, type QueueIdentity } from '../../../src/modules/queue/identity/queue-identity.js';

const own: QueueIdentity = {
  sentinel: 'a',
  address: '127.0.0.1:6379',
  database: 0,
  prefix: 'bull',
  runId: 'one',
};

describe('two processes that saw different sentinels', () => {
  it('use different queues when prefix or database differ', () => {
    expect(isElsewhere(own, { ...own, sentinel: 'b', prefix: 'prod' })).toBe(true);
    expect(isElsewhere(own, { ...own, sentinel: 'b', database: 5 })).toBe(true);
  });

  it('use different servers when address and life differ', () => {
    expect(isElsewhere(own, { ...own, sentinel: 'b', address: 'other:6379', runId: 'two' })).toBe(true);
  });

  it('may have looked at one server before and after it lost its data', () => {
    expect(isElsewhere(own, { ...own, sentinel: 'b' })).toBe(false);
    expect(isElsewhere(own, { ...own, sentinel: 'b', runId: 'two' })).toBe(false);
    expect(isElsewhere(own, { ...own, sentinel: 'b', address: 'localhost:6379' })).toBe(false);
    expect(isElsewhere(own, { ...own, sentinel: 'b', address: 'localhost:6379', runId: null })).toBe(false);
  });
});

import { describe, expect, it } from '@jest/globals';
import { assessQueue, type QueueEvidence } from '../../../src/modules/queue/check/verdict.assess.js';
import { parseInfo } from '../../../src/modules/queue/durability/redis-info.policy.js';

const refused = (
  code: 'redis.timeout' | 'redis.loading' | 'redis.credentials_rejected' | 'redis.tls_failed',
) => ({
  code,
  text: 'as Redis said',
  disconnected: false,
});
const loss = {
  what: 'ids_went_back' as const,
  before: { sentinel: 'A', highWater: 17 },
  since: 0,
  restarted: true,
};
const assess = (evidence: Partial<QueueEvidence>) =>
  assessQueue({ failure: null, knock: null, info: null, durability: [], loss: null, ...evidence });

describe('one verdict on the queue', () => {
  it('passes with the words of the contract', () => {
    expect(assess({})).toEqual({ code: 'redis.healthy', message: 'Redis connection healthy', also: [] });
  });

  it('puts a refused write before everything else, and still tells the rest', () => {
    const verdict = assess({ failure: refused('redis.timeout'), loss });
    expect(verdict).toMatchObject({ code: 'redis.timeout', message: 'Redis: as Redis said' });
    expect(verdict.also).toMatchObject([{ code: 'queue.data_lost' }]);
  });

  it('says how long loading will take', () => {
    const info = parseInfo('loading:1\r\nloading_eta_seconds:42\r\n');
    expect(assess({ failure: refused('redis.loading'), info }).message).toContain('about 42 s left');
  });

  it('puts what fails before what warns', () => {
    const warning = { code: 'redis.snapshots_only' as const, message: '' };
    const verdict = assess({ durability: [warning], loss });
    expect(verdict.code).toBe('queue.data_lost');
    expect(verdict.message).toContain('below 17 (Redis was restarted)');
    expect(verdict.also).toEqual([warning]);
  });

  it('warns of credentials that only open connections still have', () => {
    expect(assess({ knock: refused('redis.credentials_rejected') }).code).toBe('redis.credentials_rotated');
    expect(assess({ knock: refused('redis.tls_failed') }).code).toBe('redis.new_connections_fail');
  });

  it('makes nothing of a new connection that fails when the open one fails too', () => {
    const verdict = assess({ failure: refused('redis.timeout'), knock: refused('redis.tls_failed') });
    expect(verdict.also).toEqual([]);
  });
});

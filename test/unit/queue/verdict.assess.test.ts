import { describe, expect, it } from '@jest/globals';
import '../../fixtures/all-codes.js';
import { codeDefinition } from '../../../src/modules/health/codes/index.js';
import { queueVerdict, type QueueCheckEvidence } from '../../../src/modules/queue/check/verdict.assess.js';
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
const assess = (evidence: Partial<QueueCheckEvidence>) =>
  queueVerdict({
    failure: null,
    freshConnection: null,
    info: null,
    durability: [],
    losses: [],
    primary: 'execution',
    ...evidence,
  });

describe('one verdict on the queue', () => {
  it('passes with the words of the contract', () => {
    expect(assess({})).toEqual({ code: 'redis.healthy', message: 'Redis connection healthy', also: [] });
  });

  it('puts a refused write before everything else, and still tells the rest', () => {
    const verdict = assess({ failure: refused('redis.timeout'), losses: [{ queue: 'execution', loss }] });
    expect(verdict).toMatchObject({ code: 'redis.timeout', message: 'Redis: as Redis said' });
    expect(verdict.also).toMatchObject([{ code: 'queue.data_lost' }]);
  });

  it('says how long loading will take', () => {
    const info = parseInfo('loading:1\r\nloading_eta_seconds:42\r\n');
    expect(assess({ failure: refused('redis.loading'), info }).message).toContain('about 42 s left');
  });

  it('puts what fails before what warns', () => {
    const warning = { code: 'redis.snapshots_only' as const, message: '' };
    const verdict = assess({ durability: [warning], losses: [{ queue: 'execution', loss }] });
    expect(verdict.code).toBe('queue.data_lost');
    expect(verdict.message).toContain('below 17 (Redis was restarted)');
    expect(verdict.also).toEqual([warning]);
  });

  it('warns of credentials that only open connections still have', () => {
    expect(assess({ freshConnection: refused('redis.credentials_rejected') }).code).toBe(
      'redis.credentials_rotated',
    );
    expect(assess({ freshConnection: refused('redis.tls_failed') }).code).toBe('redis.new_connections_fail');
  });

  it('makes nothing of a new connection that fails when the open one fails too', () => {
    const verdict = assess({
      failure: refused('redis.timeout'),
      freshConnection: refused('redis.tls_failed'),
    });
    expect(verdict.also).toEqual([]);
  });
});

describe('the order of what is to be said', () => {
  const gravestFirst = [
    'redis.read_only',
    'redis.aof_failing',
    'redis.snapshot_failing',
    'redis.eviction_policy',
    'redis.evicting',
    'queue.data_lost',
    'redis.persistence_off',
    'redis.credentials_rotated',
    'redis.new_connections_fail',
    'redis.slow',
    'redis.memory_exhausting',
    'redis.memory_high',
    'redis.replicas_gone',
    'redis.replica_lagging',
    'redis.aof_rewrite_failing',
    'redis.snapshots_only',
    'redis.fsync_off',
    'redis.durability_unknown',
    'redis.commands_withheld',
  ] as const;

  it.each(gravestFirst.slice(1).map((lighter, at) => [gravestFirst[at] ?? lighter, lighter] as const))(
    'puts %s before %s',
    (graver, lighter) => {
      const { code, also } = assess({
        durability: [{ code: lighter, message: 'lighter' }],
        others: [{ code: graver, message: 'graver' }],
      });
      expect([code, ...also.map((each) => each.code)]).toEqual([graver, lighter]);
    },
  );

  it('puts what has no place in it last', () => {
    const others = [
      { code: 'redis.unreachable', message: '' },
      { code: 'redis.commands_withheld', message: '' },
    ] as const;
    expect(assess({ others }).code).toBe('redis.commands_withheld');
  });

  it('tells what fails before what warns, whatever was found first', () => {
    const statuses = gravestFirst.map((code) => codeDefinition(code).status);
    expect(statuses.lastIndexOf('fail')).toBeLessThan(statuses.indexOf('warn'));
  });
});

describe('the words of the verdict', () => {
  it.each([
    ['sentinel_gone', true, 'its sentinel is gone (Redis was restarted)'],
    ['sentinel_changed', false, 'its sentinel is another one (Redis was emptied while it ran)'],
    ['ids_went_back', null, 'its job ids went back below 17'],
  ] as const)('say how the queue lost data: %s', (what, restarted, how) => {
    expect(assess({ losses: [{ queue: 'execution', loss: { ...loss, what, restarted } }] }).message).toBe(
      `The queue lost data: ${how}. Unfinished executions are being put back.`,
    );
  });

  it('name a queue that is not the primary one, for nobody puts back what was in it', () => {
    const [own, other] = [
      { queue: 'execution', loss },
      { queue: 'mail', loss },
    ];
    expect(assess({ losses: [other] }).message).toBe(
      'The queue mail lost data: its job ids went back below 17 (Redis was restarted). Whoever adds jobs to it has to add again what was in it.',
    );
    expect(assess({ losses: [own, other] })).toMatchObject({
      message: expect.stringMatching(/^The queue lost data/),
      also: [{ code: 'queue.data_lost', message: expect.stringContaining('mail') }],
    });
  });

  it.each([
    ['redis.credentials_rejected', 'A new connection to Redis is refused though the open one still works: '],
    ['redis.tls_failed', 'Redis answers on the open connection, and a new one fails: '],
  ] as const)('say what a new connection met: %s', (code, words) => {
    expect(assess({ freshConnection: refused(code) }).message).toBe(`${words}as Redis said`);
  });

  it('say how long loading takes only where that is known', () => {
    const loading = (info: QueueCheckEvidence['info']) =>
      assess({ failure: refused('redis.loading'), info }).message;
    expect(assess({ failure: refused('redis.loading') }).code).toBe('redis.loading');
    expect(loading(null)).toBe('Redis is loading its data: as Redis said');
    expect(loading(parseInfo('loading:1'))).toBe('Redis is loading its data: as Redis said');
    expect(loading(parseInfo('loading_eta_seconds:0'))).toBe(
      'Redis is loading its data (about 0 s left): as Redis said',
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { judge, judgeQueue, worstServer } from '../../../src/cli/look/judge.assess.js';
import type { QueueFacts } from '../../../src/cli/look/facts.js';
import { NO_OUTCOMES } from '../../../src/modules/heartbeat/assess/finishes.state.js';
import type { QueueEvidence } from '../../../src/modules/heartbeat/judge.js';
import { lookFacts, NOON, queueFacts, redisFacts, slow, working } from './given.js';

const TRACES = working('x').evidence.traces;
const judged = (parts: Partial<QueueFacts>, of: Partial<QueueEvidence> = {}, forMs = 10_000) =>
  judgeQueue(queueFacts('mail', parts, { traces: TRACES, ...of }), forMs);
const codes = (parts: Partial<QueueFacts>, of: Partial<QueueEvidence> = {}, forMs = 10_000) =>
  judged(parts, of, forMs).findings.map(({ code }) => code);
const waits = (headForMs: number) => ({
  slow: slow({ counts: { waiting: 3 }, heads: ['1'], connectedWorkers: 1 }),
  headSince: NOON - headForMs,
});

describe('a queue', () => {
  it('is well when its jobs move', () => {
    expect(judgeQueue(working('mail'), 10_000)).toMatchObject({
      status: 'pass',
      code: 'worker.observed',
      findings: [],
    });
  });

  it('needs no worker while nothing waits, or has not waited long', () => {
    const none = (ageMs: number) => ({
      traces: { ...TRACES, connectedAt: null, movedAt: null },
      slow: slow({ counts: { waiting: 1 }, connectedWorkers: 0 }),
      waitingSeen: new Map([['1', NOON - ageMs]]),
    });
    expect(judged({}, none(59_000))).toMatchObject({ status: 'pass', code: 'worker.scaled_to_zero' });
    expect(codes({}, none(61_000))).toEqual(['worker.not_started']);
  });

  it('is wedged when its next job is not taken for most of the look, and 3 s at least', () => {
    expect(codes({}, waits(6900))).toEqual([]);
    expect(codes({}, waits(7000))).toEqual(['worker.wedged']);
    expect(codes({}, waits(2900), 2000)).toEqual([]);
    expect(codes({}, waits(3000), 2000)).toEqual(['worker.wedged']);
  });

  it('has all said of it, each once, the worst first', () => {
    const finished = { ...NO_OUTCOMES, finished: 5, failed: 5, failuresInARow: 5, lastAt: NOON };
    const both = { slow: slow({ counts: { paused: true }, connectedWorkers: 1 }), outcomes: finished };
    expect(judged({}, both)).toMatchObject({
      status: 'fail',
      code: 'jobs.failing',
      findings: [
        { code: 'jobs.failing' },
        { code: 'queue.paused', message: expect.stringContaining('It is paused') },
      ],
    });
  });

  it('has a scheduler that is dead some seconds after its run was due', () => {
    const due = (agoMs: number) => ({
      slow: slow({ connectedWorkers: 1, deadSchedulers: [{ id: 'nightly', dueAt: NOON - agoMs }] }),
    });
    expect(codes({}, due(5000))).toEqual([]);
    expect(codes({}, due(5001))).toEqual(['queue.scheduler_dead']);
  });

  it('that cannot be read is not well', () => {
    expect(judged({ refused: 'NOPERM no keys' })).toMatchObject({
      status: 'fail',
      code: 'redis.not_permitted',
    });
    expect(judged({ refused: 'WRONGTYPE' })).toMatchObject({ status: 'fail', code: 'worker.unknown' });
    expect(judged({}, { slow: null })).toMatchObject({ status: 'fail', code: 'worker.unknown' });
  });
});

describe('a look', () => {
  const facts = (...queues: QueueFacts[]) => lookFacts(queues);
  const paused = (name: string) =>
    queueFacts(name, {}, { traces: TRACES, slow: slow({ counts: { paused: true }, connectedWorkers: 1 }) });
  const wedged = (name: string) => queueFacts(name, {}, { traces: TRACES, ...waits(9000) });

  it('has the worst queues first, and of equals by name', () => {
    const { queues, status } = judge(facts(working('a'), paused('b'), wedged('d'), wedged('c')));
    expect(queues.map((each) => each.facts.name)).toEqual(['c', 'd', 'b', 'a']);
    expect(status).toBe('fail');
    const named = judge(
      facts(working('z'), { ...working('a'), prefix: 'c' }, { ...working('z'), prefix: 'a' }),
    );
    expect(named.queues.map(({ facts: { prefix, name } }) => `${prefix}:${name}`)).toEqual([
      'a:z',
      'bull:z',
      'c:a',
    ]);
  });

  it('says first what breaks, then what is set up wrong, then what somebody wants so', () => {
    const { findings, redis } = judge({
      ...facts(paused('b'), wedged('c')),
      redis: redisFacts({ config: { save: '', appendFsync: 'no' } }, 'maxmemory_policy:allkeys-lru\n'),
    });
    expect(findings.map(({ code }) => code)).toEqual([
      'worker.wedged',
      'redis.eviction_policy',
      'redis.fsync_off',
      'queue.paused',
    ]);
    expect(redis).toMatchObject({ status: 'fail', verdict: { code: 'redis.eviction_policy' } });
  });

  it('is well where nothing is wrong', () => {
    const { status, findings, redis } = judge(facts(working('a')));
    expect({ status, findings }).toEqual({ status: 'pass', findings: [] });
    expect(redis).toMatchObject({ status: 'pass', verdict: { code: 'redis.healthy' } });
  });

  it('says when keys were evicted while it looked', () => {
    const { findings } = judge({ ...facts(), redis: redisFacts({ evictedBefore: 3 }, 'evicted_keys:7\n') });
    expect(findings).toMatchObject([
      { code: 'redis.evicting', queue: null, message: expect.stringContaining('4 keys') },
    ]);
  });
});

describe('the Redis of a Cluster', () => {
  const well = redisFacts({ address: 'well' });
  const evicts = redisFacts({ address: 'evicts' }, 'maxmemory_policy:allkeys-lru\n');
  const warns = redisFacts({ address: 'warns', config: { save: '', appendFsync: 'no' } });

  it('is that of which the worst is to be told, and how many there are', () => {
    expect(worstServer([well, warns, evicts])).toEqual({ ...evicts, ofCluster: 3 });
    expect(worstServer([evicts, warns])).toEqual({ ...evicts, ofCluster: 2 });
    expect(worstServer([well, warns])).toEqual({ ...warns, ofCluster: 2 });
  });

  it('is of equals that of which there is more to tell, and the only one where there is no other', () => {
    const more = redisFacts(
      { config: { save: '', appendFsync: 'no' }, evictedBefore: 3 },
      'evicted_keys:7\n',
    );
    expect(worstServer([warns, more])).toEqual({ ...more, ofCluster: 2 });
    expect(worstServer([well, { ...well, address: 'other' }]).address).toBe('well');
    expect(worstServer([warns])).toBe(warns);
  });
});

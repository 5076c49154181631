import { describe, expect, it } from '@jest/globals';
import { ownWords } from '../../../src/cli/look/own-words.policy.js';
import type { QueueFacts } from '../../../src/cli/look/facts.js';
import { NO_OUTCOMES, type Outcomes } from '../../../src/modules/heartbeat/assess/finishes.state.js';
import type { QueueEvidence, Verdict } from '../../../src/modules/heartbeat/judge.js';
import { heartbeat, known } from '../heartbeat/given.js';
import { evidence, NOON, queueFacts, slow } from './given.js';

const words = (code: Verdict['code'], parts: Partial<QueueFacts> = {}, of: Partial<QueueEvidence> = {}) =>
  ownWords({ code, message: 'as the service says', details: {} }, queueFacts('mail', parts, of));
const depth = (waiting: number, connectedWorkers: number | null = 1, agoMs = 240_000) => ({
  slow: slow({ counts: { waiting }, connectedWorkers }),
  waitingSeen: new Map([['1', NOON - agoMs]]),
});

describe('words of its own', () => {
  it('are not needed for what is said of Redis, but where the advice stands beside it', () => {
    const of = (code: Verdict['code'], message: string) => ownWords({ code, message, details: {} }, null);
    expect(of('redis.evicting', 'Evicting.')).toBeNull();
    expect(of('redis.eviction_policy', 'it drops jobs; set it to noeviction.')).toBe('it drops jobs.');
    expect(words('worker.stale_leases')).toBeNull();
  });

  it('say that no worker is there, as far as can be seen', () => {
    expect(words('worker.not_started', {}, depth(2, 0))).toBe(
      'No worker is connected, and BullMQ left no trace of one. 2 jobs wait, the oldest for 4 min.',
    );
    expect(words('worker.not_started', {}, depth(1, null, 0))).toBe(
      'No job moved, and whether a worker is connected may not be seen. 1 job waits.',
    );
  });

  it('say that workers take nothing', () => {
    expect(words('worker.wedged', {}, depth(12))).toBe(
      '1 worker takes no job: 12 jobs wait, the oldest for 4 min, and none was taken in 10 s. It hangs, or somebody has called pause().',
    );
    expect(words('worker.wedged', {}, depth(12, 3))).toMatch(/^3 workers take no job: .* They hang, or/);
    expect(words('worker.wedged', {}, depth(12, null))).toMatch(
      /^Its workers, which left traces, take no job/,
    );
    expect(words('worker.wedged', {}, { ...depth(12), workers: [known(heartbeat(NOON))] })).toBeNull();
  });

  it.each<[string, Partial<QueueFacts>, string]>([
    [
      'becomes less',
      {
        drained: { kind: 'reaches', ratePerSecond: -2.5, inMs: 5e5, earliestMs: 480_000, latestMs: 480_000 },
      },
      '; 3 a second end, all in about 8 min.',
    ],
    [
      'becomes more',
      { drained: { kind: 'away', ratePerSecond: 3 } },
      '; 3 a second end, and they become more.',
    ],
    [
      'stays',
      { drained: { kind: 'steady', ratePerSecond: 0 } },
      '; 3 a second end, and they become no fewer.',
    ],
    ['may do either', { drained: { kind: 'too_short', watchedMs: 0, neededMs: 1 } }, '; 3 a second end.'],
    [
      'is worked at slowly',
      {
        done: { completed: 1, failed: 0, more: false },
        drained: { kind: 'too_short', watchedMs: 0, neededMs: 1 },
      },
      '; 6 a minute end.',
    ],
    [
      'is not worked at',
      { done: { completed: 0, failed: 0, more: false } },
      '; none was seen to end in 10 s.',
    ],
    [
      'is not seen to be worked at',
      { done: { completed: 0, failed: 0, more: false }, overMs: 2000 },
      '; none was seen to end in 2 s, and a longer look (--for 10s) tells why.',
    ],
  ])('say of a backlog that it %s', (_, parts, end) => {
    const done = { completed: 20, failed: 5, more: false };
    expect(words('queue.backlog', { done, ...parts }, depth(300_000))).toBe(
      `300,000 jobs wait, the oldest for 4 min${end}`,
    );
  });

  it('say of a paused queue what waits', () => {
    expect(words('queue.paused', {}, depth(5))).toBe(
      'It is paused, so no job is run; 5 jobs wait, the oldest for 4 min.',
    );
    expect(words('queue.paused')).toBe('It is paused, so no job is run; nothing waits.');
  });

  const outcomes = (parts: Partial<Outcomes>) => ({
    outcomes: { ...NO_OUTCOMES, finished: 10, failed: 10, failuresInARow: 10, lastAt: NOON - 4000, ...parts },
  });
  const lastFailed = { id: '7', name: 'send', reason: 'connect ECONNREFUSED' };

  it('say how jobs fail, how sure that is, and why', () => {
    expect(words('jobs.failing', { lastFailed }, outcomes({}))).toBe(
      'All of the last 10 jobs failed, the last one 4 s ago: connect ECONNREFUSED',
    );
    const done = { completed: 0, failed: 25, more: false };
    expect(words('jobs.failing', { done }, outcomes({ by: 'events' }))).toBe(
      "All of the last 10 jobs failed, as BullMQ's events say; in 10 s 25 failed and none succeeded",
    );
    expect(
      words(
        'jobs.some_failing',
        { done: { ...done, completed: 1200 } },
        outcomes({ failed: 6, failuresInARow: 2 }),
      ),
    ).toBe('6 of the last 10 jobs failed; in 10 s 25 failed and 1,200 succeeded');
    expect(words('jobs.some_failing', {}, outcomes({ by: 'failed', lastAt: null }))).toBe(
      '10 jobs failed lately; whether others succeed cannot be told, for completed jobs are not kept',
    );
    const told = words(
      'jobs.failing',
      { lastFailed: { ...lastFailed, reason: '' } },
      { workers: [known(heartbeat(NOON))] },
    );
    expect(told).toBe('Most or all of its recent jobs have failed, as their workers say');
  });

  it('say which scheduler runs no more', () => {
    const dead = (...ids: string[]) => ({
      slow: slow({ deadSchedulers: ids.map((id) => ({ id, dueAt: NOON - 120_000 })) }),
    });
    expect(words('queue.scheduler_dead', {}, dead('nightly'))).toBe(
      'Scheduler nightly runs no more: its next run was due 2 min ago and has no job.',
    );
    expect(words('queue.scheduler_dead', {}, dead('a', 'b', 'c'))).toContain(
      'a runs no more, and so do 2 more:',
    );
    expect(words('queue.scheduler_dead', {}, { slow: null })).toBe('A job scheduler runs no more.');
  });

  it('do not speak of what waits where nothing was read', () => {
    expect(words('queue.paused', {}, { ...evidence(), slow: null })).toContain('nothing waits');
  });
});

import { describe, expect, it } from '@jest/globals';
import {
  areMany,
  commandsLeft,
  COMMANDS_A_SECOND,
  costOf,
  dueQueues,
  moves as movesFor,
  type Candidate,
  type Made,
} from '../../../src/modules/heartbeat/watch/looks-plan.policy.js';
import { evidence, heartbeat, NOON, slow } from './given.js';

const moves = (of: Parameters<typeof movesFor>[0], status: Made['status']) =>
  movesFor(of, { status, awaited: false });
const queue = (name: string, parts: Partial<Candidate> = {}): Candidate => ({
  queue: name,
  named: true,
  readAt: 0,
  moves: false,
  cost: 10,
  ...parts,
});
const queues = (count: number, parts: Partial<Candidate> = {}) =>
  Array.from({ length: count }, (_, index) => queue(`q${index}`, parts));

describe('the queues that a look is for', () => {
  it('are all of them while they are few', () => {
    expect(dueQueues(queues(12), 1, 180)).toHaveLength(12);
    expect(dueQueues(queues(13), 1, 180)).toEqual(['q0']);
  });

  it('are of many that are quiet those that nobody has looked at for a while, and always the first', () => {
    const hundred = queues(100).map((each, index) => ({ ...each, readAt: index * 120 }));
    const due = dueQueues(hundred, 12_000, 1000);
    expect(due).toEqual(['q0']);
    expect(dueQueues(hundred, 12_000 + 260, 1000)).toEqual(['q0', 'q1', 'q2', 'q3']);
  });

  it('are looked at the less often the more there are, up to twelve seconds', () => {
    const dueAfter = (count: number, ms: number) => dueQueues(queues(count), ms, 1e6).length === count;
    expect([dueAfter(50, 5899), dueAfter(50, 5900)]).toEqual([false, true]);
    expect([dueAfter(500, 11_899), dueAfter(500, 11_900)]).toEqual([false, true]);
  });

  it('are those in which something moves every time, before those that are quiet', () => {
    const all = [...queues(20), queue('busy', { moves: true, readAt: 8000 })];
    expect(dueQueues(all, 8001, 1000)).toHaveLength(21);
    expect(dueQueues(all, 8001, 20)).toEqual(['q0', 'q1']);
    const lately = all.map((each) => ({ ...each, readAt: 7000 }));
    expect(dueQueues(lately, 8001, 1000)).toEqual(['q0', 'busy']);
  });

  it('are as many as the commands suffice for, whoever waited longest first', () => {
    const busy = queues(100, { moves: true }).map((each, index) => ({ ...each, readAt: -index }));
    expect(dueQueues(busy, 1000, 30)).toEqual(['q0', 'q99', 'q98']);
    const dear = busy.map((each) => (each.queue === 'q99' ? { ...each, cost: 100 } : each));
    expect(dueQueues(dear, 1000, 30)).toEqual(['q0', 'q98', 'q97']);
  });

  it('are all that nobody has looked at yet, whatever that costs', () => {
    expect(dueQueues(queues(100, { readAt: -Infinity }), 0, 0)).toHaveLength(100);
  });

  it('are some of those that were found and that nobody has looked at yet, and the others next time', () => {
    const found = queues(120, { named: false, moves: true, readAt: -Infinity });
    const due = dueQueues([queue('own'), ...found], 0, 1e6);
    expect([due.length, due[0], due.at(-1)]).toEqual([51, 'own', 'q49']);
    const rest = found.map((each, index) => (index < 50 ? { ...each, moves: false, readAt: 0 } : each));
    expect(dueQueues([queue('own'), ...rest], 1, 0).at(-1)).toBe('q99');
  });

  it('are none where none is known', () => {
    expect(dueQueues([], 0, 180)).toEqual([]);
  });
});

describe('queues', () => {
  it('are many from thirteen on', () => {
    expect([areMany(12), areMany(13)]).toEqual([false, true]);
  });
});

describe('the commands that are left', () => {
  it('come back with time, and are not saved up', () => {
    expect(commandsLeft(0, 500)).toBe(COMMANDS_A_SECOND / 2);
    expect(commandsLeft(10, 0)).toBe(10);
    expect(commandsLeft(100, 60_000)).toBe(COMMANDS_A_SECOND);
    expect(commandsLeft(0, Infinity)).toBe(COMMANDS_A_SECOND);
  });
});

describe('a queue that is worth a closer look', () => {
  const still = evidence({ slow: slow() });

  it('is none that is well and in which nothing moves', () => {
    expect(moves(still, 'pass')).toBe(false);
  });

  it('is one that is not well, or of which nothing is known', () => {
    expect(moves(still, 'warn')).toBe(true);
    expect(moves(still, 'fail')).toBe(true);
    expect(moves(still, null)).toBe(true);
    expect(moves(evidence({ slow: null }), 'pass')).toBe(true);
  });

  it('is one in which a canary is under way', () => {
    expect(movesFor(still, { status: 'pass', awaited: true })).toBe(true);
  });

  it.each(['waiting', 'prioritized', 'active'] as const)('is one with jobs that are %s', (state) => {
    expect(moves(evidence({ slow: slow({ counts: { [state]: 1 } }) }), 'pass')).toBe(true);
  });

  it('is one whose delayed jobs are overdue, and not one that has some, or that ended some', () => {
    expect(moves(evidence({ slow: slow({ overdueSince: NOON - 1 }) }), 'pass')).toBe(true);
    const counts = { delayed: 5, completed: 7, failed: 3 };
    expect(moves(evidence({ slow: slow({ counts }) }), 'pass')).toBe(false);
  });

  it('is one in which a job has moved lately, and for a while after Redis came back', () => {
    const movedAt = (at: number) => evidence({ slow: slow(), traces: { ...still.traces, movedAt: at } });
    expect([moves(movedAt(NOON - 9999), 'pass'), moves(movedAt(NOON - 10_000), 'pass')]).toEqual([
      true,
      false,
    ]);
    const backAt = (at: number) => evidence({ slow: slow(), redisBackAt: at });
    expect([moves(backAt(NOON - 29_999), 'pass'), moves(backAt(NOON - 30_000), 'pass')]).toEqual([
      true,
      false,
    ]);
  });

  it('is one that has lost a worker, and not one of which a worker has said goodbye', () => {
    const gone = (state: 'running' | 'stopped') =>
      evidence({
        slow: slow(),
        workers: [{ heartbeat: heartbeat(NOON, { state }), goneSince: NOON - 1, doubleAt: null }],
      });
    expect([moves(gone('running'), 'pass'), moves(gone('stopped'), 'pass')]).toEqual([true, false]);
  });
});

describe('what a look at a queue costs', () => {
  it('grows with its workers, and with whether jobs wait or run', () => {
    const worker = { heartbeat: heartbeat(NOON), goneSince: null, doubleAt: null };
    const still = costOf(evidence({ slow: slow() }));
    expect(costOf(evidence({ slow: null }))).toBe(still);
    expect(costOf(evidence({ slow: slow(), workers: [worker, worker] }))).toBe(still + 2);
    expect(costOf(evidence({ slow: slow({ counts: { waiting: 1 } }) }))).toBe(still + 6);
    expect(costOf(evidence({ slow: slow({ counts: { prioritized: 1, active: 2 } }) }))).toBe(still + 12);
  });
});

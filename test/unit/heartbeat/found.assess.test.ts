import { describe, expect, it } from '@jest/globals';
import {
  assessAllFound,
  assessFound,
  type Found,
} from '../../../src/modules/heartbeat/assess/found.assess.js';
import type { Verdict } from '../../../src/modules/heartbeat/assess/verdict.js';
import '../../../src/modules/heartbeat/heartbeat.codes.js';
import { evidence, LIMITS, NOON, slow } from './given.js';

const verdict = (code: Verdict['code']): Verdict => ({ code, message: `as ${code} says`, details: {} });
const deadScheduler = evidence({
  slow: slow({ deadSchedulers: [{ id: 'nightly', dueAt: NOON - 3_600_000 }] }),
});

describe('a queue that was only found', () => {
  it('says how it is worked off, and how its jobs end where that is worse', () => {
    expect(assessFound(evidence({}), verdict('worker.observed'), LIMITS).code).toBe('worker.observed');
    expect(assessFound(deadScheduler, verdict('worker.observed'), LIMITS).code).toBe('queue.scheduler_dead');
    expect(assessFound(deadScheduler, verdict('queue.paused'), LIMITS).code).toBe('queue.paused');
    expect(assessFound(deadScheduler, verdict('worker.lost'), LIMITS).code).toBe('worker.lost');
  });

  it('needs nobody who works for it while nothing waits, and does not speak of a setting', () => {
    expect(assessFound(evidence({}), verdict('worker.scaled_to_zero'), LIMITS)).toMatchObject({
      code: 'worker.scaled_to_zero',
      message: 'Nobody works for it, and nothing waits for longer than allowed.',
    });
  });
});

describe('all queues that were found', () => {
  const row = (name: string, status: 'pass' | 'warn' | 'fail', code: Verdict['code']) => ({
    name,
    status: { status, code, message: `of ${name}` },
  });
  const found = (parts: Partial<Found>) =>
    assessAllFound({ rows: [], beyond: 0, all: true, prefix: 'bull', named: 0, ...parts });
  const well = row('mail', 'pass', 'worker.observed');
  const paused = row('images', 'warn', 'queue.paused');
  const lost = row('reports', 'fail', 'worker.lost');

  it('are well when each is, or so far', () => {
    expect(found({ rows: [well] })).toEqual({
      code: 'queues.well',
      message: 'Nothing is wrong with the one queue that was found.',
      details: { found: 1 },
    });
    expect(found({ rows: [well, well], all: false })).toEqual({
      code: 'queues.well',
      message: 'Nothing is wrong with the 2 queues that were found so far.',
      details: { found: 2, stillSearching: true },
    });
  });

  it('warn of those that are not, the worst first', () => {
    expect(found({ rows: [well, paused, lost] })).toEqual({
      code: 'queues.in_trouble',
      message: '2 of 3 queues that were found are in trouble: reports (worker.lost), images (queue.paused).',
      details: {
        found: 3,
        queues: [
          { name: 'reports', status: 'fail', code: 'worker.lost', message: 'of reports' },
          { name: 'images', status: 'warn', code: 'queue.paused', message: 'of images' },
        ],
      },
    });
    expect(found({ rows: [lost] }).message).toBe(
      '1 of 1 queue that was found is in trouble: reports (worker.lost).',
    );
  });

  it('name three, count the rest, and list twenty', () => {
    const rows = Array.from({ length: 30 }, (_, n) => row(`q${n}`, 'fail', 'worker.lost'));
    const { message, details } = found({ rows });
    expect(message).toMatch(
      /: q0 \(worker\.lost\), q1 \(worker\.lost\), q2 \(worker\.lost\), and 27 more\.$/,
    );
    expect(details['queues']).toHaveLength(20);
  });

  it('warn when there are more than are looked at, and when there is none', () => {
    expect(found({ rows: [well], beyond: 7 })).toMatchObject({
      code: 'queues.not_all',
      details: { found: 1, notLookedAt: 7 },
    });
    expect(found({ rows: [lost], beyond: 7 }).code).toBe('queues.in_trouble');
    expect(found({})).toMatchObject({
      code: 'queues.none_found',
      message: expect.stringContaining('prefix bull'),
    });
    expect(found({ all: false }).code).toBe('queues.well');
    expect(found({ named: 1 })).toEqual({
      code: 'queues.well',
      message: 'There is no queue but those that are named.',
      details: { found: 0 },
    });
  });
});

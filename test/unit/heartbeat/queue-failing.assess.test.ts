import { describe, expect, it } from '@jest/globals';
import '../../fixtures/all-codes.js';
import { codeDefinition } from '../../../src/modules/health/codes/index.js';
import {
  underQueue as assess,
  type QueueWord,
} from '../../../src/modules/heartbeat/assess/queue-failing.assess.js';
import type { Verdict } from '../../../src/modules/heartbeat/assess/verdict.js';

const verdict = (code: Verdict['code']): Verdict => ({ code, message: 'as it was', details: { a: 1 } });
const underQueue = (found: Verdict, queue: QueueWord | undefined) =>
  assess(found, codeDefinition(found.code).status, queue);
const failing = { status: 'fail', message: 'READONLY' } as const;

describe('the verdict on the workers while the queue fails', () => {
  it('is a failure, however healthy the heartbeats are', () => {
    expect(underQueue(verdict('worker.healthy'), failing)).toMatchObject({
      code: 'worker.queue_failing',
      message: expect.stringContaining('READONLY') as unknown,
    });
  });

  it('advises no restart of workers that fell silent because of it', () => {
    expect(underQueue(verdict('worker.silent'), failing)).toMatchObject({
      code: 'worker.queue_failing',
      details: { a: 1, otherwise: 'worker.silent' },
    });
  });

  it.each(['worker.lost', 'worker.paused', 'worker.different_queue', 'worker.unknown'] as const)(
    'stays %s, which the queue does not explain',
    (code) => {
      expect(underQueue(verdict(code), failing)).toEqual(verdict(code));
    },
  );

  it('stays what it is while the queue works, though with a warning', () => {
    const lost = verdict('worker.lost');
    expect(underQueue(lost, { status: 'warn', message: '' })).toBe(lost);
    expect(underQueue(lost, undefined)).toBe(lost);
  });
});

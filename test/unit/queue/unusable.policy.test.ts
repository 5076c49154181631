import { describe, expect, it } from '@jest/globals';
import { whyUnusable } from '../../../src/modules/queue/unusable.policy.js';

const problem = (message: string) => ({ name: 'REDIS_URL', kind: 'invalid', message }) as const;

describe('why the queue cannot be used', () => {
  it.each([
    [['one thing'], 'one thing'],
    [['one thing', 'another'], 'one thing; another'],
  ])('names every setting that is wrong: %j', (messages, told) => {
    expect(whyUnusable(messages.map(problem))).toBe(
      `The queue is not configured, and nothing is used instead: ${told}`,
    );
  });
});

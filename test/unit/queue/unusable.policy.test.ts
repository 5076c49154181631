import { describe, expect, it } from '@jest/globals';
import { whyUnusable } from '../../../src/modules/queue/unusable.policy.js';

const problem = (message: string) => ({ name: 'REDIS_URL' as const, kind: 'invalid' as const, message });

describe('a queue that its settings leave without an address', () => {
  it('is told with every setting that is to blame, in one line', () => {
    expect(whyUnusable([problem('REDIS_URL names no host')])).toBe(
      'The queue is not configured, and nothing is used instead: REDIS_URL names no host',
    );
    expect(whyUnusable([problem('one'), problem('two')])).toBe(
      'The queue is not configured, and nothing is used instead: one; two',
    );
  });
});

import { describe, expect, it } from '@jest/globals';
import { childEnvironment } from '../../../src/modules/app-server/child/child-environment.policy.js';

const SHARED = ['CODEX_HOME', 'OPENAI_API_KEY', 'OPENAI_BASE_URL', 'NODE_ENV'];

describe('the environment of the child', () => {
  it('has what is not ours, and is told to print no colours', () => {
    expect(childEnvironment({ PATH: '/bin', EMPTY: '', GONE: undefined }, new Set(['DATABASE_URL']))).toEqual(
      {
        PATH: '/bin',
        EMPTY: '',
        NO_COLOR: '1',
      },
    );
  });

  it('has none of our own settings', () => {
    const own = new Set(['DATABASE_URL', 'AUTH_SECRET']);
    expect(childEnvironment({ DATABASE_URL: 'x', AUTH_SECRET: 'y' }, own)).toEqual({ NO_COLOR: '1' });
  });

  it.each(SHARED)('has %s all the same, which the child may need as well', (name) => {
    expect(childEnvironment({ [name]: 'v' }, new Set(SHARED))).toEqual({ [name]: 'v', NO_COLOR: '1' });
    expect(Object.keys(childEnvironment({ [name]: undefined }, new Set(SHARED)))).toEqual(['NO_COLOR']);
  });

  it('has no colours whatever ours says', () => {
    expect(childEnvironment({ NO_COLOR: '' }, new Set())).toEqual({ NO_COLOR: '1' });
  });
});

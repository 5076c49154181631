import { describe, expect, it } from '@jest/globals';
import { isLackOfResources } from '../../../src/modules/supervision/lack-of-resources.policy.js';

const error = (code: unknown, cause?: unknown) => Object.assign(new Error('spawn', { cause }), { code });

describe('what could not be started', () => {
  it.each(['EMFILE', 'ENFILE', 'EAGAIN', 'ENOMEM'])('for %s lacked resources, as cause too', (code) => {
    expect(isLackOfResources(error(code))).toBe(true);
    expect(isLackOfResources({ code })).toBe(true);
    expect(isLackOfResources(new Error('did not start', { cause: error(code) }))).toBe(true);
    expect(isLackOfResources(error('ENOENT', { code }))).toBe(true);
    expect(isLackOfResources(error(code, error('ENOENT')))).toBe(true);
  });

  it.each([
    [error('ENOENT')],
    [error('EACCES', error('EPERM'))],
    [error('eagain')],
    [error(undefined)],
    [error(11)],
    [new Error('spawn EAGAIN')],
    [error('ENOENT', error('ENOENT', error('EAGAIN')))],
    ['EAGAIN'],
    [{ cause: 'EAGAIN' }],
    [{ cause: null }],
    [{}],
    [null],
    [undefined],
  ])('for %s did not', (thrown) => {
    expect(isLackOfResources(thrown)).toBe(false);
  });
});

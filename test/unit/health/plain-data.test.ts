import { describe, expect, it } from '@jest/globals';
import { plainData } from '../../../src/modules/health/board/plain-data.js';

const clean = (text: string) => text.replaceAll('hunter2', '[redacted]');

describe('the details of a check', () => {
  it('are cleaned, names too, however deep they stand', () => {
    expect(plainData({ hunter2: [{ at: 'hunter2!' }], n: 1, yes: true, none: null }, clean)).toEqual({
      '[redacted]': [{ at: '[redacted]!' }],
      n: 1,
      yes: true,
      none: null,
    });
  });

  it('are data that JSON and another thread can take, whatever a stranger put there', () => {
    const circle: Record<string, unknown> = { name: 'circle' };
    circle['self'] = circle;
    const throws = Object.defineProperty({}, 'no', {
      enumerable: true,
      get: () => {
        throw new Error('not for you');
      },
    });
    const told = plainData(
      {
        circle,
        throws,
        call: () => 1,
        big: 10n,
        symbol: Symbol('s'),
        when: new Date(0),
        never: new Date(NaN),
        error: new Error('of hunter2'),
      },
      clean,
    );
    expect(structuredClone(told)).toEqual(told);
    expect(JSON.parse(JSON.stringify(told))).toMatchObject({
      circle: { name: 'circle', self: { name: 'circle' } },
      throws: { no: '[cannot be read]' },
      call: expect.stringMatching(/^\(\) ?=> ?1$/),
      big: '10',
      symbol: 'Symbol(s)',
      when: '1970-01-01T00:00:00.000Z',
      never: null,
      error: 'of [redacted]',
    });
    expect(JSON.stringify(told)).toContain('[cut off: too deep]');
  });

  it('are bounded in number', () => {
    const many = { rows: Array.from({ length: 50_000 }, (_, at) => ({ at })) };
    expect(JSON.stringify(plainData(many, clean)).length).toBeLessThan(500_000);
  });

  it('say so when they are nothing that can be read', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(plainData(proxy, clean)).toEqual({ unreadable: true });
  });
});

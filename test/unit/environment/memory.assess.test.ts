import { describe, expect, it } from '@jest/globals';
import { assessMemory, type MemoryUse } from '../../../src/modules/environment/memory.assess.js';

const MB = 1_048_576;
const of = (name: MemoryUse['name'], used: number, limit = 1000): MemoryUse => ({ name, used, limit });

describe('memory', () => {
  it.each([
    [0, 'memory.ok'],
    [849, 'memory.ok'],
    [850, 'memory.high'],
    [949, 'memory.high'],
    [950, 'memory.critical'],
    [1001, 'memory.critical'],
  ])('of which %i of 1000 is used is %s', (used, code) => {
    expect(assessMemory([of('heap', used)]).code).toBe(code);
    expect(assessMemory([of('container', used)]).code).toBe(code);
  });

  it.each([
    ['container', [of('heap', 100), of('container', 900)], 'memory.high'],
    ['container', [of('container', 999), of('heap', 100)], 'memory.critical'],
    ['heap', [of('heap', 960), of('container', 100)], 'memory.critical'],
    ['heap', [of('heap', 90, 100), of('container', 500)], 'memory.high'],
    ['container', [of('heap', 5, 10), of('container', 600)], 'memory.ok'],
  ])('is judged by the %s where that is the tightest', (name, uses, code) => {
    const assessed = assessMemory(uses);
    expect(assessed.code).toBe(code);
    expect(assessed.message).toContain(`The ${name} uses`);
  });

  it('is told in whole megabytes and percent', () => {
    expect(assessMemory([of('heap', 99.6 * MB, 200.4 * MB)])).toEqual({
      code: 'memory.ok',
      message: 'The heap uses 100 of 200 MB (50 %)',
    });
    expect(assessMemory([of('heap', 949_000 * MB, 1_000_000 * MB)]).message).toBe(
      'The heap uses 949000 of 1000000 MB (95 %)',
    );
    expect(assessMemory([of('container', 0.856 * MB, MB)])).toEqual({
      code: 'memory.high',
      message: 'The container uses 1 of 1 MB (86 %)',
    });
  });

  it.each([[[]], [[of('heap', 1, 0)]], [[of('container', 1, -1)]]])(
    'is well when no limit is known, as of %j',
    (uses) => {
      expect(assessMemory(uses)).toEqual({ code: 'memory.ok', message: 'No memory limit is known.' });
    },
  );

  it('is judged by the limit that is known, however small', () => {
    expect(assessMemory([of('heap', 500, 0), of('container', 1, 1)]).code).toBe('memory.critical');
  });
});

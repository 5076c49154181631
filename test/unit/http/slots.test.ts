import { describe, expect, it } from '@jest/globals';
import { WORK_SLOTS, WorkSlots, type Work } from '../../../src/modules/http/server/slots.js';

type Taken = ReturnType<WorkSlots['take']>;

/** Takes so many slots, of which each is there at once. */
function fill(slots: WorkSlots, work: Work, count: number): (() => void)[] {
  return Array.from({ length: count }, () => {
    const taken = slots.take(work);
    if (typeof taken !== 'function') throw new Error(`no slot for ${work}`);
    return taken;
  });
}

const waits = (taken: Taken): taken is Promise<(() => void) | null> => taken instanceof Promise;

describe('the slots of one kind of work', () => {
  it.each([
    ['read', 256],
    ['write', 256],
    ['document', 16],
    ['metrics', 8],
    ['gateway', 128],
  ] as const)('for %s are %i, and whoever finds none waits', async (work, count) => {
    const slots = new WorkSlots();
    const [first] = fill(slots, work, count);
    const next = slots.take(work);
    expect(waits(next)).toBe(true);
    expect(slots.count(work)).toBe(count);
    expect(WORK_SLOTS[work]).toBe(count);
    first?.();
    expect(await next).toEqual(expect.any(Function));
    expect(slots.count(work)).toBe(count);
  });

  it('are not those of another', () => {
    const slots = new WorkSlots();
    fill(slots, 'metrics', WORK_SLOTS.metrics);
    expect(typeof slots.take('read')).toBe('function');
  });

  it('are free again once they were given back, each once, however often', () => {
    const slots = new WorkSlots({ ...WORK_SLOTS, read: 2 });
    const [first] = fill(slots, 'read', 2);
    first?.();
    first?.();
    expect(slots.count('read')).toBe(1);
    fill(slots, 'read', 1);
    expect(slots.count('read')).toBe(2);
  });

  it('are waited for by 256 at once, who get them in the order in which they came', async () => {
    const slots = new WorkSlots({ ...WORK_SLOTS, write: 1 });
    const [first] = fill(slots, 'write', 1);
    const served: number[] = [];
    const waiting = Array.from({ length: 256 }, async (_, index) => {
      const release = await slots.take('write');
      served.push(index);
      release?.();
    });
    expect(slots.take('write')).toBeNull();
    first?.();
    await Promise.all(waiting);
    expect(served).toEqual([...served.keys()]);
    expect(served).toHaveLength(256);
    expect(slots.count('write')).toBe(0);
    expect(typeof slots.take('write')).toBe('function');
  });
});

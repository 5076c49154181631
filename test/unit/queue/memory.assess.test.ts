import { describe, expect, it } from '@jest/globals';
import { startOutlook } from '../../../src/modules/forecast/index.js';
import {
  memoryExhausting,
  memoryHigh,
  memoryOutlook,
  memoryUse,
} from '../../../src/modules/queue/durability/memory.assess.js';
import { info } from './given.js';

const MB = 1024 * 1024;
const of = (usedMb: number, maxMb: number, more: Record<string, string> = {}) =>
  info({ used_memory: String(usedMb * MB), maxmemory: String(maxMb * MB), ...more });
/** A look every second, for so many minutes. */
const after = (minutes: number, looked: (minute: number) => ReturnType<typeof info> | null) => {
  let outlook = startOutlook();
  for (let second = 0; second <= minutes * 60; second += 1)
    outlook = memoryOutlook(outlook, looked(second / 60), second * 1000);
  return outlook;
};

describe('what of its memory counts', () => {
  it('is what counts towards a limit, and all where the machine is the limit', () => {
    const buffers = { mem_not_counted_for_evict: String(10 * MB) };
    expect(memoryUse(of(50, 100, buffers))).toEqual({ counted: 40 * MB, limit: 100 * MB, limited: true });
    expect(memoryUse(of(50, 0, buffers))).toEqual({
      counted: 50 * MB,
      limit: 8_000_000_000,
      limited: false,
    });
    expect(memoryUse(info({ maxmemory: '1', used_memory: '1' }))?.limit).toBe(1);
  });

  it('is not known when the server does not tell', () => {
    expect(memoryUse(info({ used_memory: '' }))).toBeNull();
    expect(memoryUse(info({ total_system_memory: '' }))).toBeNull();
    expect(memoryUse(info({ total_system_memory: '0' }))).toBeNull();
    expect(memoryUse(info({ maxmemory: '' }))).toMatchObject({ limited: false });
  });

  it('is high from 80 % of a limit on, and from 90 % of the machine', () => {
    const code = (counted: number, limited: boolean) =>
      memoryHigh({ counted, limit: 100, limited })?.message ?? null;
    expect([code(79, true), code(80, true)]).toEqual([null, 'Redis uses 80 % of maxmemory.']);
    expect([code(89, false), code(90, false)]).toEqual([null, "Redis uses 90 % of the machine's memory."]);
  });
});

describe('a Redis that fills', () => {
  it('is warned of, with how fast, and when it is full', () => {
    const growing = (minute: number) => of(10 + minute, 60);
    const outlook = after(15, growing);
    expect(memoryExhausting(outlook, growing(15))).toEqual({
      code: 'redis.memory_exhausting',
      message:
        'Redis fills by 1 MB per minute, as watched for 15 min, and reaches maxmemory (60 MB) in 30 min to 42 min; 42 % is used now.',
    });
  });

  it('is warned of where the machine is the limit', () => {
    const growing = (minute: number) =>
      info({ used_memory: String((40 + minute) * MB), total_system_memory: String(90 * MB) });
    expect(memoryExhausting(after(15, growing), growing(15))?.message).toContain(
      "reaches the machine's memory (90 MB) in 30 min to 42 min; 61 % is used now.",
    );
  });

  it('is not warned of when it is full in hours, stands still, or was not watched', () => {
    expect(
      memoryExhausting(
        after(15, (minute) => of(10 + minute, 160)),
        of(25, 160),
      ),
    ).toBeNull();
    expect(
      memoryExhausting(
        after(15, () => of(10, 60)),
        of(10, 60),
      ),
    ).toBeNull();
    expect(
      memoryExhausting(
        after(4, (minute) => of(10 + minute, 60)),
        of(14, 60),
      ),
    ).toBeNull();
    expect(memoryExhausting(startOutlook(), of(10, 60))).toBeNull();
  });

  it('counts what counts', () => {
    const buffers = (minute: number) =>
      of(10 + minute, 60, { mem_not_counted_for_evict: String(minute * MB) });
    expect(memoryExhausting(after(15, buffers), buffers(15))).toBeNull();
  });

  it('is not warned of by what cannot be read now, and is remembered', () => {
    const growing = (minute: number) => (minute > 14.5 ? null : of(10 + minute, 60));
    const outlook = after(15, growing);
    expect(memoryExhausting(outlook, null)).toBeNull();
    expect(memoryExhausting(outlook, of(24, 60))).not.toBeNull();
    expect(memoryOutlook(outlook, info({ used_memory: '' }), 1e9)).toBe(outlook);
  });

  it('is reckoned anew when its limit is raised', () => {
    const growing = (minute: number) => of(10 + minute, 60);
    const raised = memoryOutlook(after(15, growing), of(25, 6000), 900_500);
    expect(raised.forecast).toMatchObject({ kind: 'reaches' });
    expect(raised.forecast).not.toEqual(after(15, growing).forecast);
  });
});

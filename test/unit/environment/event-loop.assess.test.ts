import { describe, expect, it } from '@jest/globals';
import { assessEventLoop, type EventLoopSample } from '../../../src/modules/environment/event-loop.assess.js';

const quiet: EventLoopSample = { p99Ms: 2, maxMs: 10, utilization: 0.1 };
const late = (maxMs: number, p99Ms = 2): EventLoopSample => ({ ...quiet, maxMs, p99Ms });
const busy = (utilization: number): EventLoopSample => ({ ...quiet, utilization });
const code = (...windows: EventLoopSample[]) => assessEventLoop(windows).code;

describe('the event loop', () => {
  it.each([
    [999, 'event_loop.responsive'],
    [1000, 'event_loop.slow'],
    [4999, 'event_loop.slow'],
    [5000, 'event_loop.blocked'],
  ])('whose timers were once %i ms late is %s', (maxMs, expected) => {
    expect(code(late(maxMs))).toBe(expected);
    expect(code(quiet, late(maxMs))).toBe(expected);
  });

  it.each([
    [999, 1000, 'event_loop.slow'],
    [1000, 999, 'event_loop.responsive'],
    [1000, 1000, 'event_loop.blocked'],
    [9000, 10, 'event_loop.responsive'],
  ])('that was %i ms late in one window and %i in the next is %s', (before, newest, expected) => {
    expect(code(late(before), late(newest))).toBe(expected);
  });

  it.each([
    [249, 250, 'event_loop.responsive'],
    [250, 249, 'event_loop.responsive'],
    [250, 250, 'event_loop.slow'],
    [2, 900, 'event_loop.responsive'],
  ])('with a p99 of %i ms and then of %i is %s', (before, newest, expected) => {
    expect(code(late(900, before), late(900, newest))).toBe(expected);
  });

  it('is judged by one window only where one burst is enough', () => {
    expect(code(late(900, 900))).toBe('event_loop.responsive');
  });

  it('is judged by the two newest windows where it has to last', () => {
    expect(code(quiet, late(1000), late(1000))).toBe('event_loop.blocked');
    expect(code(late(1000), late(1000), quiet)).toBe('event_loop.responsive');
    expect(code(quiet, late(900, 250), late(900, 250))).toBe('event_loop.slow');
    expect(code(late(900, 250), quiet, late(900, 250))).toBe('event_loop.responsive');
  });

  it('is saturated only when every window is: bursts are healthy', () => {
    expect(code(busy(0.99))).toBe('event_loop.responsive');
    expect(code(busy(0.98), busy(0.98))).toBe('event_loop.slow');
    expect(code(busy(0.979), busy(0.99))).toBe('event_loop.responsive');
    expect(code(busy(0.99), busy(0.979))).toBe('event_loop.responsive');
    expect(code(busy(0.99), quiet, busy(0.99), busy(0.99))).toBe('event_loop.responsive');
    expect(code(busy(1), busy(1), busy(1))).toBe('event_loop.slow');
  });

  it.each([
    ['The event loop is responsive', [late(8.6, 1.6)], 'delay p99 2 ms, worst 9 ms'],
    ['The event loop is slow', [late(1000.4, 300.5)], 'delay p99 301 ms, worst 1000 ms'],
    ['The event loop is busy all the time', [busy(1), busy(1)], 'delay p99 2 ms, worst 10 ms'],
    ['Synchronous work blocks the event loop', [quiet, late(5000, 250)], 'delay p99 250 ms, worst 5000 ms'],
  ])('says "%s" with the delays of the newest window', (what, windows, delays) => {
    expect(assessEventLoop(windows).message).toBe(`${what}: ${delays}`);
  });

  it('is well before anything was measured', () => {
    expect(assessEventLoop([])).toEqual({
      code: 'event_loop.responsive',
      message: 'Nothing was measured yet.',
    });
  });
});

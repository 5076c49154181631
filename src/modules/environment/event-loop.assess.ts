import type { Code } from '../health/index.js';

/** The event loop over one window. */
export interface EventLoopSample {
  /** How late timers were, ms: the 99th percentile and the worst. */
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Share of the window in which the loop was busy, 0 to 1. */
  readonly utilization: number;
}

export interface EventLoopAssessment {
  readonly code: Code;
  readonly message: string;
}

const SLOW_P99_MS = 250;
const LONG_MS = 1000;
const BLOCKED_MS = 5000;
const SATURATED = 0.98;

/** Judges the newest window; what one burst may cause counts only when it lasts from window to window. */
export function assessEventLoop(windows: readonly EventLoopSample[]): EventLoopAssessment {
  const newest = windows.at(-1);
  if (newest === undefined) return { code: 'event_loop.responsive', message: 'Nothing was measured yet.' };
  const lasting = (holds: (window: EventLoopSample) => boolean) =>
    windows.length > 1 && windows.slice(-2).every(holds);
  const delays = `delay p99 ${Math.round(newest.p99Ms)} ms, worst ${Math.round(newest.maxMs)} ms`;
  if (newest.maxMs >= BLOCKED_MS || lasting(({ maxMs }) => maxMs >= LONG_MS)) {
    return { code: 'event_loop.blocked', message: `Synchronous work blocks the event loop: ${delays}` };
  }
  if (newest.maxMs >= LONG_MS || lasting(({ p99Ms }) => p99Ms >= SLOW_P99_MS)) {
    return { code: 'event_loop.slow', message: `The event loop is slow: ${delays}` };
  }
  if (windows.length > 1 && windows.every(({ utilization }) => utilization >= SATURATED)) {
    return { code: 'event_loop.slow', message: `The event loop is busy all the time: ${delays}` };
  }
  return { code: 'event_loop.responsive', message: `The event loop is responsive: ${delays}` };
}

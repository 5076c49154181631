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
const SLOW_MAX_MS = 1000;
const BLOCKED_P99_MS = 1000;
const BLOCKED_MAX_MS = 5000;
const SATURATED = 0.98;

/** Judges the newest window; saturation only when every window given is saturated, for bursts are healthy. */
export function assessEventLoop(windows: readonly EventLoopSample[]): EventLoopAssessment {
  const newest = windows.at(-1);
  if (newest === undefined) return { code: 'event_loop.responsive', message: 'Nothing was measured yet.' };
  const { p99Ms, maxMs } = newest;
  const delays = `delay p99 ${Math.round(p99Ms)} ms, worst ${Math.round(maxMs)} ms`;
  if (p99Ms >= BLOCKED_P99_MS || maxMs >= BLOCKED_MAX_MS) {
    return { code: 'event_loop.blocked', message: `Synchronous work blocks the event loop: ${delays}` };
  }
  if (p99Ms >= SLOW_P99_MS || maxMs >= SLOW_MAX_MS) {
    return { code: 'event_loop.slow', message: `The event loop is slow: ${delays}` };
  }
  if (windows.length > 1 && windows.every((window) => window.utilization >= SATURATED)) {
    return { code: 'event_loop.slow', message: `The event loop is busy all the time: ${delays}` };
  }
  return { code: 'event_loop.responsive', message: `The event loop is responsive: ${delays}` };
}

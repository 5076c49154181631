import { monotonic } from './clock.js';
import { every } from './every.js';

const EVERY_MS = 20;
/** What a timer may be late by without anybody being busy. */
const ALLOWED_MS = 5;

/** How long this process itself has kept an answer waiting, since it was asked for: the other side was not slow then. */
export interface LoopLateness {
  readonly lateMs: () => number;
  /** As long as it is not stopped, it looks each 20 ms. */
  readonly stop: () => void;
}

export function loopLateness(): LoopLateness {
  let late = 0;
  let last = monotonic();
  const take = () => {
    const now = monotonic();
    late += Math.max(0, now - last - EVERY_MS - ALLOWED_MS);
    last = now;
  };
  return {
    stop: every(EVERY_MS, take),
    lateMs: () => {
      take();
      return late;
    },
  };
}

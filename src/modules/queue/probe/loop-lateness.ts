import { every, monotonic } from '../../kernel/index.js';

const EVERY_MS = 20;
/** What a timer may be late by without anybody being busy. */
const ALLOWED_MS = 5;

/** How long this process itself kept an answer waiting, from now until it is asked: that is not Redis's slowness. */
export function loopLateness(): { lateMs(): number } {
  let late = 0;
  let last = monotonic();
  const take = () => {
    const now = monotonic();
    late += Math.max(0, now - last - EVERY_MS - ALLOWED_MS);
    last = now;
  };
  const stop = every(EVERY_MS, take);
  return {
    lateMs: () => {
      stop();
      take();
      return late;
    },
  };
}

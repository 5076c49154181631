import type { Finding } from '../durability/durability.assess.js';

/** How long the last looks took Redis, newest last. */
export interface Looks {
  readonly tookMs: readonly number[];
  readonly slow: boolean;
}

export const NO_LOOKS: Looks = { tookMs: [], slow: false };

export const SLOW_MS = 250;
const REMEMBERED = 12;
const AT_LEAST = 5;
/** Of the looks remembered: slow from here on, and no more below. */
const SLOW_FROM = 0.2;
const SLOW_UNTIL = 0.1;

export function nextLooks({ tookMs, slow }: Looks, ms: number): Looks {
  const recent = [...tookMs, ms].slice(-REMEMBERED);
  const above = recent.filter((each) => each > SLOW_MS).length;
  if (recent.length < AT_LEAST) return { tookMs: recent, slow };
  // Again and again: one slow look is none.
  const again = slow || above >= 2;
  return { tookMs: recent, slow: again && above / recent.length >= (slow ? SLOW_UNTIL : SLOW_FROM) };
}

export function slowness({ tookMs, slow }: Looks): Finding | null {
  if (!slow) return null;
  const above = tookMs.filter((each) => each > SLOW_MS).length;
  const longest = Math.round(Math.max(...tookMs));
  const message = `Redis is slow: ${above} of the last ${tookMs.length} looks took longer than ${SLOW_MS} ms, the longest ${longest} ms.`;
  return { code: 'redis.slow', message };
}

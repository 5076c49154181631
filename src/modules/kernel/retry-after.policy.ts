const SECONDS = /^\d{1,9}(\.\d+)?$/;
/** The dates of HTTP begin with a day of the week; some send the date of a log. `Date.parse` takes any text for one. */
const DATE = /^((mon|tue|wed|thu|fri|sat|sun)[a-z]*,? .*\d\d:\d\d:\d\d|\d{4}-\d\d-\d\dt\d\d:\d\d)/i;

/** The header `Retry-After` as ms from `now` (epoch ms), which is never before it; null when it says nothing sane. */
export function retryAfterMs(header: string | undefined, now: number): number | null {
  const text = header?.trim() ?? '';
  if (SECONDS.test(text)) return Math.round(Number(text) * 1000);
  if (!DATE.test(text)) return null;
  const at = Date.parse(text);
  return Number.isNaN(at) ? null : Math.max(0, at - now);
}

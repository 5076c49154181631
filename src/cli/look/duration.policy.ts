const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, min: 60_000 };
export const LEAST_MS = 1000;
export const MOST_MS = 600_000;

/** `10s`, `1500ms`, `2m`, or seconds without a unit, as ms; null when it is none, or not from 1 s to 10 min. */
export function durationMs(text: string): number | null {
  const [, digits = '', unit = 's'] = /^(\d+(?:\.\d+)?)(ms|s|m|min)?$/.exec(text.trim()) ?? [];
  const ms = digits === '' ? NaN : Number(digits) * (UNITS[unit] ?? NaN);
  return ms >= LEAST_MS && ms <= MOST_MS ? ms : null;
}

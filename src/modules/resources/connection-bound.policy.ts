const LARGEST_RESERVE = 256;
const LEAST = 16;

/**
 * How many connections a process may take in that may have so many descriptors. Half of them, or 256, are kept for
 * what it needs itself: Redis, PostgreSQL, providers, children, files.
 */
export function connectionBound(descriptorLimit: number | null, most: number): number {
  if (descriptorLimit === null) return most;
  const reserve = Math.min(LARGEST_RESERVE, Math.ceil(descriptorLimit / 2));
  return Math.max(Math.min(LEAST, most), Math.min(most, descriptorLimit - reserve));
}

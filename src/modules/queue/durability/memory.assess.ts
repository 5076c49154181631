import {
  bytesInWords,
  inWords,
  nextOutlook,
  timeInWords,
  watchedMs,
  type Outlook,
} from '../../forecast/index.js';
import type { Finding } from './finding.js';
import type { RedisInfo } from './redis-info.policy.js';

/** What of its memory counts, and how much it may be; bytes. */
export interface MemoryUse {
  readonly counted: number;
  readonly limit: number;
  /** By `maxmemory`; else the machine's memory is the limit. */
  readonly limited: boolean;
}

const HIGH_OF_LIMIT = 0.8;
const HIGH_OF_MACHINE = 0.9;

/** Null when the server does not tell. */
export function memoryUse(info: RedisInfo): MemoryUse | null {
  if (info.usedMemory === null) return null;
  const limited = info.maxMemory !== null && info.maxMemory > 0;
  const limit = limited ? info.maxMemory : info.systemMemory;
  if (limit === null || limit <= 0) return null;
  return { counted: limited ? info.usedMemory - info.notCountedMemory : info.usedMemory, limit, limited };
}

export function memoryHigh(use: MemoryUse): Finding | null {
  if (use.counted / use.limit < (use.limited ? HIGH_OF_LIMIT : HIGH_OF_MACHINE)) return null;
  return { code: 'redis.memory_high', message: `Redis uses ${percent(use)} of ${limitOf(use)}.` };
}

/** After one more look at it; the time is ms of any one clock. A look that was refused tells nothing. */
export function memoryOutlook(before: Outlook, info: RedisInfo | null, at: number): Outlook {
  const use = info === null ? null : memoryUse(info);
  if (use === null) return before;
  const full = { value: use.limit, when: 'at_least' } as const;
  return nextOutlook(before, { at, value: use.counted }, { target: full, warnOf: full });
}

/** It will be full soon, at the rate at which it was seen to fill. */
export function memoryExhausting(outlook: Outlook, info: RedisInfo | null): Finding | null {
  const { series, warning } = outlook;
  const use = info === null ? null : memoryUse(info);
  if (use === null || warning?.kind !== 'reaches') return null;
  const rate = `${bytesInWords(warning.ratePerSecond * 60)} per minute`;
  const full = `${limitOf(use)} (${bytesInWords(use.limit)})`;
  const watched = timeInWords(watchedMs(series));
  const message = `Redis fills by ${rate}, as watched for ${watched}, and reaches ${full} ${inWords(warning)}; ${percent(use)} is used now.`;
  return { code: 'redis.memory_exhausting', message };
}

const percent = ({ counted, limit }: MemoryUse) => `${Math.round((counted / limit) * 100)} %`;

const limitOf = ({ limited }: MemoryUse) => (limited ? 'maxmemory' : "the machine's memory");

import { bullKey, indexKey, stampKey, type QueueScope } from './keys.js';
import type { Facts, Look } from './looks.policy.js';
import type { RedisCommand } from './redis-client.js';

/** Times are epoch ms by the clock of the server, `ownNow` by that of this process. */
export interface LookAt {
  readonly scope: QueueScope;
  readonly now: number;
  readonly ownNow: number;
  readonly keepMs: number;
}

/** BullMQ's scores of delayed jobs are times multiplied by this. */
const DELAYED_SCALE = 4096;

/** The commands of a look: one, or two that belong together. */
export function commandsOf(look: Look, { scope, now, ownNow, keepMs }: LookAt): readonly RedisCommand[] {
  const index = indexKey(scope);
  const key = (name: string) => bullKey(scope, name);
  switch (look) {
    case 'stamp':
      return [['get', stampKey(scope)]];
    case 'waiting':
      return [['exists', key('wait'), key('prioritized')]];
    case 'due':
      // A delayed job waits for this worker when it is due by both clocks: BullMQ promotes by that of the worker.
      return [['zcount', key('delayed'), '-inf', Math.min(now, ownNow) * DELAYED_SCALE]];
    case 'limits':
      return [['hmget', key('meta'), 'paused', 'concurrency', 'max']];
    case 'rate':
      return [
        ['get', key('limiter')],
        ['pttl', key('limiter')],
      ];
    case 'active':
      return [['llen', key('active')]];
    case 'tidy':
      return [
        ['zremrangebyscore', index, '-inf', now - keepMs],
        ['pexpire', index, keepMs],
      ];
    case 'ahead':
      return [['zremrangebyscore', index, now + keepMs, '+inf']];
  }
}

/** What is known after its answers. */
export function factsAfter(before: Facts, look: Look, [first, second]: readonly unknown[]): Facts {
  switch (look) {
    case 'stamp':
      return { ...before, sentinel: typeof first === 'string' ? first : null };
    case 'waiting':
      // Of a job in line, one that is due besides tells nothing more.
      return Number(first) > 0 ? { ...before, waiting: true, due: false } : { ...before, waiting: false };
    case 'due':
      return { ...before, due: Number(first) > 0 };
    case 'limits': {
      const [paused, concurrency, max] = first as readonly (string | null)[];
      const rate = { ...before.rate, max: numberOf(max) };
      return { ...before, paused: paused != null, concurrency: numberOf(concurrency), rate };
    }
    case 'rate':
      return { ...before, rate: { ...before.rate, used: Number(first ?? 0), leftMs: Number(second) } };
    case 'active':
      return { ...before, active: Number(first) };
    case 'tidy':
    case 'ahead':
      return before;
  }
}

const numberOf = (text: string | null | undefined) => (text == null ? null : Number(text));

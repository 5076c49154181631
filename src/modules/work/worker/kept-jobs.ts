import { Inject, Injectable } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { every } from '../../kernel/index.js';
import { QUEUE_CONNECTION, QUEUE_OPTIONS, queueKey, type QueueOptions } from '../../queue/index.js';

/** An execution's truth is in Postgres: what is kept here is for people who look at the queue. */
const KEPT = { completed: 1000, failed: 5000 } as const;
/** Removed in one call: Redis does nothing else meanwhile. */
const AT_ONCE = 100;
const CALLS_A_ROUND = 50;
const EVERY_MS = 1000;

/**
 * How long BullMQ keeps a job that has ended. Not how many: it would remove all that are too many in the script that
 * ends a job, and where a million have been kept, that takes seconds.
 */
export const KEEP_COMPLETED = { age: 3600, limit: AT_ONCE };
export const KEEP_FAILED = { age: 86_400, limit: AT_ONCE };

/** Removes the oldest of a set of jobs that ended, as BullMQ would, and answers how many are still too many. */
const TRIM_SCRIPT = `
local over = redis.call('ZCARD', KEYS[1]) - ARGV[2]
if over <= 0 then return 0 end
local ids = redis.call('ZRANGE', KEYS[1], 0, math.min(over, ARGV[3]) - 1)
for _, id in ipairs(ids) do
  local job = ARGV[1] .. id
  redis.call('DEL', job, job .. ':logs', job .. ':dependencies', job .. ':processed', job .. ':failed', job .. ':unsuccessful')
end
redis.call('ZREM', KEYS[1], unpack(ids))
return over - #ids
`;

/** Bounds the number of jobs that are kept of the queues that this process works on, a few at a time. */
@Injectable()
export class KeptJobs {
  constructor(
    @Inject(QUEUE_CONNECTION) private readonly redis: Redis,
    @Inject(QUEUE_OPTIONS) private readonly options: QueueOptions,
  ) {}

  /** Until the function that it answers is called. */
  watch(queue: string): () => void {
    let busy = false;
    return every(
      EVERY_MS,
      async () => {
        if (busy) return;
        busy = true;
        try {
          await this.trim(queueKey(this.options, queue, ''));
        } finally {
          busy = false;
        }
      },
      // Redis that is away has a check of its own; the next round goes on.
      () => undefined,
    );
  }

  /** `base` is what the keys of the queue begin with. */
  private async trim(base: string): Promise<void> {
    for (const [state, most] of Object.entries(KEPT)) {
      for (let calls = 0; calls < CALLS_A_ROUND; calls += 1) {
        const left = await this.redis.eval(TRIM_SCRIPT, 1, base + state, base, most, AT_ONCE);
        if (Number(left) <= 0) break;
      }
    }
  }
}

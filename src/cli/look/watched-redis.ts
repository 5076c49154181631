import type { Redis } from 'ioredis';
import { startOutlook, type Outlook, type Watching } from '../../modules/forecast/index.js';
import { monotonic } from '../../modules/kernel/index.js';
import { memoryOutlook, parseInfo, type RedisConfig, type RedisInfo } from '../../modules/queue/judge.js';
import { readConfig } from '../../modules/queue/observe.js';
import { withheldBy } from '../../modules/redis/index.js';
import type { RedisFacts } from './facts.js';

/** How a number is watched for so few seconds. */
export function watchingFor(forMs: number): Watching {
  return { spanMs: 6 * forMs, everyMs: 500, neededMs: 0.6 * forMs };
}

/** Asks Redis of itself, again and again. */
export class WatchedRedis {
  private info: RedisInfo | null = null;
  private config: RedisConfig | null = null;
  private evictedBefore: number | null = null;
  private readonly tookMs: number[] = [];
  private memory: Outlook;

  constructor(
    private readonly redis: Redis,
    private readonly address: string,
    forMs: number,
  ) {
    this.memory = startOutlook(watchingFor(forMs));
  }

  async look(): Promise<void> {
    const began = monotonic();
    const text = await this.redis.info().catch(withheldBy<string | null>(null));
    this.tookMs.push(monotonic() - began);
    if (this.tookMs.length === 1) this.config = (await readConfig(this.redis)) ?? null;
    if (text === null) return;
    this.info = parseInfo(text);
    this.evictedBefore ??= this.info.evictedKeys;
    this.memory = memoryOutlook(this.memory, this.info, Math.round(began));
  }

  facts(): RedisFacts {
    const { address, info, config, evictedBefore, tookMs, memory } = this;
    return {
      address,
      info,
      config,
      evictedBefore,
      tookMs,
      full: memory.series.latest === null ? null : memory.forecast,
    };
  }
}

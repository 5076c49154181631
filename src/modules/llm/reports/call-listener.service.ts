import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Redis } from 'ioredis';
import { every, monotonic } from '../../kernel/index.js';
import { QUEUE_CONNECTION, QUEUE_OPTIONS, type QueueOptions } from '../../queue/index.js';
import { SERVER_CLOCK_SCRIPT } from '../../redis/index.js';
import { PROVIDERS, type ProviderName } from '../provider.js';
import { ProviderMemory } from '../provider-memory.js';
import { LONGEST_REPORT, readReports, reportsKey, type CallReport } from './call-report.js';

const LISTEN_EVERY_MS = 1750;
/** The clock of Redis may go back a little in a failover. */
const FUTURE_MS = 10_000;

/** Remembers what workers tell of their real calls, as if they were calls of this process. */
@Injectable()
export class CallListener implements OnModuleInit, OnApplicationShutdown {
  /** When the call that was told of last ended, by the clock of Redis. */
  private readonly heard = new Map<ProviderName, number>();
  private stop: (() => void) | undefined;
  private busy = false;

  constructor(
    private readonly memory: ProviderMemory,
    private readonly modules: ModuleRef,
    @Inject(QUEUE_OPTIONS) private readonly queues: QueueOptions,
  ) {}

  onModuleInit(): void {
    if (this.queues.driver !== 'bullmq') return;
    this.stop = every(LISTEN_EVERY_MS, () => this.listen());
  }

  onApplicationShutdown(): void {
    this.stop?.();
  }

  private async listen(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      const redis = this.modules.get<Redis>(QUEUE_CONNECTION, { strict: false });
      const news = (await this.reports(redis)).filter(({ provider, at }) => this.heard.get(provider) !== at);
      if (news.length === 0) return;
      // Only the clock of Redis knows how old they are.
      const now = Number(await redis.eval(SERVER_CLOCK_SCRIPT, 1, `${reportsKey(this.queues)}:clock`));
      for (const { provider, outcome, at } of news) {
        this.heard.set(provider, at);
        if (at > now + FUTURE_MS) continue;
        this.memory.heard(provider, outcome, monotonic() - (now - at));
      }
    } catch {
      // Redis is away, and its own check says so; what was heard before keeps its time of validity.
    } finally {
      this.busy = false;
    }
  }

  /** By name, and none that is too long: whoever may write to Redis may write anything. */
  private async reports(redis: Redis): Promise<readonly CallReport[]> {
    const key = reportsKey(this.queues);
    const lengths = await Promise.all(PROVIDERS.map((provider) => redis.hstrlen(key, provider)));
    const told = PROVIDERS.filter((_, index) => {
      const length = lengths[index] ?? 0;
      return length > 0 && length <= LONGEST_REPORT;
    });
    const texts = await Promise.all(told.map((provider) => redis.hget(key, provider)));
    return readReports(Object.fromEntries(told.map((provider, index) => [provider, texts[index] ?? null])));
  }
}

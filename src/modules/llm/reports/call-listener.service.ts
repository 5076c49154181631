import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Redis } from 'ioredis';
import { SETTINGS, type Settings } from '../../config/index.js';
import { QUEUE_CONNECTION } from '../../queue/index.js';
import { SERVER_CLOCK_SCRIPT } from '../../redis/index.js';
import type { ProviderName } from '../provider.js';
import { ProviderMemory } from '../provider-memory.js';
import { readReports, reportsKey } from './call-report.js';

const LISTEN_EVERY_MS = 1750;

/** Remembers what workers tell of their real calls, as if they were calls of this process. */
@Injectable()
export class CallListener implements OnModuleInit, OnApplicationShutdown {
  /** When the call that was told of last ended, by the clock of Redis. */
  private readonly heard = new Map<ProviderName, number>();
  private timer: NodeJS.Timeout | undefined;
  private busy = false;

  constructor(
    private readonly memory: ProviderMemory,
    private readonly modules: ModuleRef,
    @Inject(SETTINGS) private readonly settings: Settings,
  ) {}

  onModuleInit(): void {
    if (this.settings.QUEUE_DRIVER !== 'bullmq') return;
    this.timer = setInterval(() => void this.listen(), LISTEN_EVERY_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private async listen(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      const redis = this.modules.get<Redis>(QUEUE_CONNECTION, { strict: false });
      const reports = readReports(await redis.hgetall(reportsKey(this.settings)));
      const news = reports.filter(({ provider, at }) => this.heard.get(provider) !== at);
      if (news.length === 0) return;
      // Only the clock of Redis knows how old they are.
      const now = Number(await redis.eval(SERVER_CLOCK_SCRIPT, 1, `${reportsKey(this.settings)}:clock`));
      for (const { provider, outcome, at } of news) {
        this.heard.set(provider, at);
        this.memory.heard(provider, outcome, Date.now() - (now - at));
      }
    } catch {
      // Redis is away, and its own check says so; what was heard before keeps its time of validity.
    } finally {
      this.busy = false;
    }
  }
}

import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Redis } from 'ioredis';
import { monotonic, REDACT, type Redact } from '../../kernel/index.js';
import { QUEUE_CONNECTION, QUEUE_OPTIONS, type QueueOptions } from '../../queue/index.js';
import type { ProviderName } from '../provider.js';
import { ProviderMemory } from '../provider-memory.js';
import type { CallOutcome } from '../provider.state.js';
import { REPORT_SCRIPT, REPORTS_EXPIRE_MS, reportsKey, wireOf } from './call-report.js';

/** A call that went as the one before is told of so often at most. */
const SAME_AGAIN_MS = 10_000;
const RETRY_MS = 1000;

interface Told {
  readonly code: string;
  readonly at: number;
}

/**
 * Tells in Redis what real calls of this process come to: the `llm` check is in the api, the calls are here, and
 * a quota that is spent shows in nothing else.
 */
@Injectable()
export class CallReporter implements OnModuleInit, OnApplicationShutdown {
  private readonly told = new Map<ProviderName, Told>();
  private readonly untold = new Map<ProviderName, { readonly outcome: CallOutcome; readonly at: number }>();
  private retry: NodeJS.Timeout | undefined;

  constructor(
    private readonly memory: ProviderMemory,
    private readonly modules: ModuleRef,
    @Inject(QUEUE_OPTIONS) private readonly queues: QueueOptions,
    @Inject(REDACT) private readonly redact: Redact,
  ) {}

  onModuleInit(): void {
    // In memory, the api and its worker are one process and share their memory of the providers.
    if (this.queues.driver !== 'bullmq') return;
    this.memory.onCall((name, outcome) => this.ended(name, outcome));
  }

  onApplicationShutdown(): void {
    clearTimeout(this.retry);
  }

  private ended(name: ProviderName, outcome: CallOutcome): void {
    const told = this.told.get(name);
    const now = monotonic();
    if (told?.code === codeOf(outcome) && now - told.at < SAME_AGAIN_MS) return;
    this.untold.set(name, { outcome, at: now });
    void this.tell();
  }

  private async tell(): Promise<void> {
    const redis = this.modules.get<Redis>(QUEUE_CONNECTION, { strict: false });
    for (const [name, { outcome, at }] of this.untold) {
      this.told.set(name, { code: codeOf(outcome), at });
      const ageMs = Math.round(monotonic() - at);
      const json = wireOf(outcome, this.redact);
      try {
        await redis.eval(REPORT_SCRIPT, 1, reportsKey(this.queues), name, ageMs, json, REPORTS_EXPIRE_MS);
        if (this.untold.get(name)?.at === at) this.untold.delete(name);
      } catch {
        // Redis is away, and its own check says so; what happened is told when it is back.
        clearTimeout(this.retry);
        this.retry = setTimeout(() => void this.tell(), RETRY_MS).unref();
        return;
      }
    }
  }
}

const codeOf = (outcome: CallOutcome) => (outcome === 'succeeded' ? outcome : outcome.code);

import { Inject, Injectable } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import type { Redis } from 'ioredis';
import { monotonic, withDeadline } from '../../kernel/index.js';
import {
  QUEUE_CONNECTION,
  QUEUE_OPTIONS,
  QueueIdentityService,
  type QueueOptions,
} from '../../queue/index.js';
import {
  assessForeign,
  notOurs,
  TAKEN_LATELY_MS,
  type Connection,
  type TakenJobs,
} from '../assess/foreign.assess.js';
import type { Verdict } from '../assess/verdict.js';
import { workerConnections } from '../read/client-list.js';

export type { TakenJobs } from '../assess/foreign.assess.js';

const ASK_WITHIN_MS = 1000;

/** Who takes jobs that are ours? Redis is asked for connections only while jobs are being taken. */
@Injectable()
export class ForeignConsumers {
  private taken: TakenJobs | null = null;
  private consideredAt = 0;
  private foreign: readonly Connection[] | null = null;

  constructor(
    @Inject(QUEUE_OPTIONS) private readonly queues: QueueOptions,
    private readonly modules: ModuleRef,
    private readonly identities: QueueIdentityService,
  ) {}

  /** Takes in what the reconciler has noted. Never waits, and never throws. */
  consider(taken: TakenJobs | null): void {
    this.taken = taken;
    this.consideredAt = monotonic();
    if (taken !== null && taken.ageMs <= TAKEN_LATELY_MS) void this.look();
  }

  verdict(): Verdict | null {
    const { taken } = this;
    if (taken === null) return null;
    const ageMs = taken.ageMs + monotonic() - this.consideredAt;
    return assessForeign({ ...taken, ageMs }, this.foreign);
  }

  private async look(): Promise<void> {
    const outcome = await withDeadline(ASK_WITHIN_MS, async () => {
      const redis = this.modules.get<Redis>(QUEUE_CONNECTION, { strict: false });
      const { prefix, names } = this.queues;
      const instances = await this.identities.living();
      const known = await workerConnections(redis, { prefix, queues: names });
      return known === null ? null : notOurs(known, instances);
    });
    if (outcome.kind === 'answered') this.foreign = outcome.value;
  }
}

import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { bullKey, CANARY_JOB } from '@probity/worker/wire';
import { Queue } from 'bullmq';
import type { Redis } from 'ioredis';
import { monotonic, withDeadline } from '../../kernel/index.js';
import { QUEUE_CONNECTION, QUEUE_OPTIONS, QueueDoubt, type QueueOptions } from '../../queue/index.js';
import { depthOf, limitOf } from '../assess/depth.js';
import type { QueueView } from '../assess/report.js';
import { isAlive, isHealthy } from '../assess/workers.assess.js';
import { HEARTBEAT_OPTIONS, type HeartbeatOptions } from '../heartbeat.options.js';
import { connectedWorkers } from '../read/client-list.js';
import { WITHDRAW_SCRIPT } from './withdraw.script.js';
import { canarySent, nextCanary, NO_CANARY, type CanaryLook, type CanaryState } from './canary.state.js';

const DEADLINE_MS = 1000;
const MANY = 20;
/** Canaries of one look, and where there are many queues: each costs Redis some fifty commands, those of its worker included. */
const AT_ONCE = { few: 3, many: 1 };

/**
 * Now and then sends a job through the real queue and waits for a worker's heartbeat to tell of it. It travels
 * only when every worker knows it, so that no user's processor ever sees it.
 */
@Injectable()
export class Canary implements OnApplicationShutdown {
  private readonly logger = new Logger('Canary');
  private readonly states = new Map<string, CanaryState>();
  private readonly found = new Map<string, Queue>();

  constructor(
    @Inject(QUEUE_OPTIONS) private readonly queues: QueueOptions,
    @Inject(HEARTBEAT_OPTIONS) private readonly options: HeartbeatOptions,
    private readonly modules: ModuleRef,
    private readonly doubt: QueueDoubt,
  ) {}

  onApplicationShutdown(): void {
    // Their connection is shared, and its owner closes it.
    for (const queue of this.found.values()) queue.removeAllListeners();
    this.found.clear();
  }

  /** How long a canary is overdue beyond the allowed wait; null when all came back. */
  lostForMs(queue: string): number | null {
    const since = this.states.get(queue)?.lostSince ?? null;
    return since === null ? null : monotonic() - since + this.options.maxWaitMs;
  }

  /** Whether one is under way, so that the queue is worth a closer look. */
  underWay(queue: string): boolean {
    return this.states.get(queue)?.sent != null;
  }

  /**
   * Called after every look at the queues. What it starts runs in the background and never fails. `slow`: Redis takes
   * its time, and a canary would too.
   */
  consider(views: readonly QueueView[], { slow }: { readonly slow: boolean }): void {
    // Of many queues each gets one less often.
    const intervalMs = this.options.canaryIntervalMs * Math.max(1, views.length / MANY);
    const atOnce = views.length > MANY ? AT_ONCE.many : AT_ONCE.few;
    let sending = 0;
    for (const view of views) {
      // What came back since its last look is not known yet.
      if (view.ageMs > 0) continue;
      const { queue } = view.evidence;
      const look = lookOf(view, slow);
      const { state, effect } = nextCanary(
        this.states.get(queue) ?? NO_CANARY,
        { ...look, mayTravel: look.mayTravel && sending < atOnce },
        { intervalMs, allowedWaitMs: this.options.maxWaitMs },
        monotonic(),
      );
      this.states.set(queue, state);
      if (effect?.kind === 'send') {
        sending += 1;
        void this.send(queue, view.workers.filter(isAlive).length);
      }
      if (effect?.kind === 'withdraw') void this.withdraw(queue, effect.nonce);
    }
  }

  private async send(queue: string, instrumented: number): Promise<void> {
    const nonce = randomUUID();
    const outcome = await withDeadline(DEADLINE_MS, async (signal) => {
      const { prefix } = this.queues;
      const connected = await connectedWorkers(this.redis(), { prefix, queue });
      // Asked again at the last moment: a worker that does not know the canary may have come.
      if (connected === null || connected > instrumented || signal.aborted) return false;
      // It counts as sent before the queue says so: an add that timed out may still arrive.
      this.states.set(queue, canarySent(this.states.get(queue) ?? NO_CANARY, nonce, monotonic()));
      await this.queue(queue).add(
        CANARY_JOB,
        { nonce },
        { jobId: jobIdOf(nonce), removeOnComplete: true, removeOnFail: true, attempts: 1 },
      );
      return true;
    });
    if (outcome.kind === 'answered') return;
    // The queue check says why the queue takes nothing, once it has looked closer.
    if (outcome.kind === 'threw') this.doubt.raise();
    this.logger.debug(`canary of ${queue} was not sent: ${outcome.kind}`);
    this.states.set(queue, { ...(this.states.get(queue) ?? NO_CANARY), sent: null });
    await this.withdraw(queue, nonce);
  }

  private async withdraw(queue: string, nonce: string): Promise<void> {
    const { prefix } = this.queues;
    const id = jobIdOf(nonce);
    const keys = ['wait', 'paused', id].map((name) => bullKey({ prefix, queue }, name));
    await withDeadline(DEADLINE_MS, () => this.redis().eval(WITHDRAW_SCRIPT, keys.length, ...keys, id));
  }

  private redis(): Redis {
    return this.modules.get<Redis>(QUEUE_CONNECTION, { strict: false });
  }

  /** The queue as any producer has it; nothing of it is changed by our being there. */
  private queue(name: string): Queue {
    const known = this.found.get(name);
    if (known !== undefined) return known;
    const queue = new Queue(name, {
      connection: this.redis(),
      prefix: this.queues.prefix,
      skipVersionCheck: true,
      skipWaitingForReady: true,
      skipMetasUpdate: true,
    });
    queue.on('error', () => undefined);
    this.found.set(name, queue);
    return queue;
  }
}

const jobIdOf = (nonce: string) => `probity-canary-${nonce}`;

function lookOf({ evidence, workers }: QueueView, redisIsSlow: boolean): CanaryLook {
  const { slow } = evidence;
  const healthy = workers.filter((each) => isHealthy(each) && !each.late);
  const freeSlot = healthy.some(({ worker }) => worker.heartbeat.activeCount < worker.heartbeat.concurrency);
  const alive = workers.filter(isAlive).length;
  return {
    echoes: workers.flatMap((each) => each.worker.heartbeat.canaries),
    free: slow !== null && !redisIsSlow && freeSlot && limitOf(evidence) === null,
    mayTravel: slow?.connectedWorkers != null && slow.connectedWorkers <= alive && depthOf(evidence) === 0,
  };
}

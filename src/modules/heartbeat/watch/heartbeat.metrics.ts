import { Injectable } from '@nestjs/common';
import { InjectMetric, makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import type { Gauge } from 'prom-client';
import { oldestAge } from '../assess/depth.js';
import type { QueueView } from '../assess/report.js';

const NAMES = {
  workers: 'probity_heartbeat_workers',
  age: 'probity_heartbeat_age_seconds',
  jobs: 'probity_heartbeat_queue_jobs',
  oldest: 'probity_heartbeat_oldest_waiting_seconds',
} as const;
const STATES = ['running', 'paused', 'stopping', 'stopped', 'silent', 'lost', 'not_running'] as const;
const DEPTHS = ['waiting', 'delayed', 'active', 'prioritized', 'failed', 'completed'] as const;

export const heartbeatMetricProviders = [
  makeGaugeProvider({ name: NAMES.workers, help: 'Workers by state', labelNames: ['queue', 'state'] }),
  makeGaugeProvider({
    name: NAMES.age,
    help: 'Age of the most recent heartbeat of any worker',
    labelNames: ['queue'],
  }),
  makeGaugeProvider({ name: NAMES.jobs, help: 'Jobs by state', labelNames: ['queue', 'state'] }),
  makeGaugeProvider({
    name: NAMES.oldest,
    help: 'Age of the job that is next in line, 0 when none waits',
    labelNames: ['queue'],
  }),
];

/** What the last look at the queues said, as numbers. */
@Injectable()
export class HeartbeatMetrics {
  private told: ReadonlyMap<string, QueueView['evidence']> = new Map();

  constructor(
    @InjectMetric(NAMES.workers) private readonly workers: Gauge,
    @InjectMetric(NAMES.age) private readonly age: Gauge,
    @InjectMetric(NAMES.jobs) private readonly jobs: Gauge,
    @InjectMetric(NAMES.oldest) private readonly oldest: Gauge,
  ) {}

  set(views: readonly QueueView[]): void {
    const before = this.told;
    this.told = new Map(views.map(({ evidence }) => [evidence.queue, evidence]));
    for (const queue of before.keys()) if (!this.told.has(queue)) this.forget(queue);
    for (const { evidence, workers } of views) {
      const { queue, slow } = evidence;
      // Of many queues most have not been looked at since.
      if (before.get(queue) === evidence) continue;
      for (const state of STATES) {
        this.workers.set({ queue, state }, workers.filter((each) => each.state === state).length);
      }
      if (workers.length > 0) this.age.set({ queue }, Math.min(...workers.map((each) => each.ageMs)) / 1000);
      if (slow === null) continue;
      for (const state of DEPTHS) this.jobs.set({ queue, state }, slow.counts[state]);
      this.oldest.set({ queue }, (oldestAge(evidence) ?? 0) / 1000);
    }
  }

  /** A queue that was found is gone. */
  private forget(queue: string): void {
    for (const state of STATES) this.workers.remove({ queue, state });
    for (const state of DEPTHS) this.jobs.remove({ queue, state });
    this.age.remove({ queue });
    this.oldest.remove({ queue });
  }
}

import { Injectable } from '@nestjs/common';
import { InjectMetric, makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import type { Gauge } from 'prom-client';
import type { RedisInfo } from '../durability/redis-info.policy.js';
import type { RedisLook } from '../look/redis-look.js';

const NAMES = {
  latency: 'probity_queue_write_latency_seconds',
  durable: 'probity_queue_durable',
  usedMemory: 'probity_queue_redis_used_memory_bytes',
  maxMemory: 'probity_queue_redis_max_memory_bytes',
} as const;

export const queueMetricProviders = [
  makeGaugeProvider({
    name: NAMES.latency,
    help: 'How long Redis took to confirm the last write of the check',
  }),
  makeGaugeProvider({
    name: NAMES.durable,
    help: '1 when Redis keeps what it accepts, 0 when not or not known',
  }),
  makeGaugeProvider({ name: NAMES.usedMemory, help: 'Memory that Redis uses' }),
  makeGaugeProvider({ name: NAMES.maxMemory, help: 'Memory limit of Redis, 0 without one' }),
];

@Injectable()
export class QueueMetrics {
  constructor(
    @InjectMetric(NAMES.latency) private readonly latency: Gauge,
    @InjectMetric(NAMES.durable) private readonly durable: Gauge,
    @InjectMetric(NAMES.usedMemory) private readonly usedMemory: Gauge,
    @InjectMetric(NAMES.maxMemory) private readonly maxMemory: Gauge,
  ) {}

  record({
    look,
    info,
    durable,
  }: {
    look: RedisLook;
    info: RedisInfo | null;
    durable: boolean | null;
  }): void {
    if (look.latencyMs !== null) this.latency.set(look.latencyMs / 1000);
    this.durable.set(durable === true && look.failure === null ? 1 : 0);
    if (info?.usedMemory != null) this.usedMemory.set(info.usedMemory);
    if (info?.maxMemory != null) this.maxMemory.set(info.maxMemory);
  }
}

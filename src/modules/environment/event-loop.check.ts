import { monitorEventLoopDelay, performance, type EventLoopUtilization } from 'node:perf_hooks';
import { Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { answer, BoardCheck, type Check } from '../health/index.js';
import { assessEventLoop, type EventLoopSample } from './event-loop.assess.js';
import './environment.codes.js';

const RESOLUTION_MS = 20;
const WINDOWS = 5;

/** How long does work wait for its turn in this process? One window is what passed since the last run. */
@Injectable()
@BoardCheck()
export class EventLoopCheck implements Check, OnModuleInit, OnApplicationShutdown {
  readonly key = 'event-loop';
  readonly cadenceMs = 2000;
  readonly deadlineMs = 1000;
  readonly counts = 'informative';

  private readonly delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  private utilization: EventLoopUtilization = performance.eventLoopUtilization();
  private windows: readonly EventLoopSample[] = [];
  private firstLateMs = 0;
  private first: NodeJS.Timeout | undefined;

  constructor(private readonly indicators: HealthIndicatorService) {}

  onModuleInit(): void {
    this.delay.enable();
    this.watchFirst();
  }

  onApplicationShutdown(): void {
    this.delay.disable();
    clearTimeout(this.first);
  }

  async run(): Promise<HealthIndicatorResult> {
    // Of timers that a block made late, that of the check may come first: those that measure have their turn before.
    await new Promise((resolve) => setImmediate(resolve));
    const sample = this.take();
    this.windows = [...this.windows, sample].slice(-WINDOWS);
    const { code, message } = assessEventLoop(this.windows);
    return answer(this.indicators.check(this.key), code, { message, details: { ...sample } });
  }

  private take(): EventLoopSample {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, this.utilization);
    this.utilization = now;
    const sample = {
      p99Ms: lateness(this.delay.percentile(99)),
      maxMs: Math.max(lateness(this.delay.max), this.firstLateMs),
      utilization: Math.round(utilization * 1000) / 1000,
    };
    this.delay.reset();
    this.watchFirst();
    return sample;
  }

  /** The histogram needs one tick to begin after a reset: what blocks the loop before it is seen by this alone. */
  private watchFirst(): void {
    clearTimeout(this.first);
    this.firstLateMs = 0;
    const due = performance.now() + RESOLUTION_MS;
    this.first = setTimeout(() => {
      this.firstLateMs = Math.round(Math.max(0, performance.now() - due) * 10) / 10;
    }, RESOLUTION_MS).unref();
  }
}

/** The histogram holds the time from timer to timer in ns; what is beyond the timer's own period was late. */
function lateness(ns: number): number {
  return Math.max(0, Math.round(ns / 1e5) / 10 - RESOLUTION_MS);
}

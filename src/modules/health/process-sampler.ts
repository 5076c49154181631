import { monotonic } from '../kernel/index.js';
import { every } from '../kernel/index.js';
import { MemoryUsage } from '../resources/index.js';
import type { ProcessSample } from './views/index.js';

const EVERY_MS = 2000;

/** Samples what the full pictures say of this process, so that no request has to. */
export class ProcessSampler {
  private end: (() => void) | undefined;
  private connections: () => number = () => 0;
  private cpu = process.cpuUsage();
  private cpuAt = monotonic();
  private readonly memory = new MemoryUsage();
  private latest: Omit<ProcessSample, 'activeConnections'> = {
    cpuUsage: 0,
    memoryUsage: this.memory.read(),
  };

  /** Says how to count the open HTTP connections of this process. */
  countConnections(count: () => number): void {
    this.connections = count;
  }

  start(): void {
    this.end ??= every(EVERY_MS, () => this.take());
  }

  stop(): void {
    this.end?.();
  }

  sample(): ProcessSample {
    return { ...this.latest, activeConnections: this.connections() };
  }

  private take(): void {
    const now = monotonic();
    const used = process.cpuUsage(this.cpu);
    const share = (used.user + used.system) / 1000 / Math.max(1, now - this.cpuAt);
    this.cpu = process.cpuUsage();
    this.cpuAt = now;
    this.latest = { cpuUsage: Math.round(share * 1000) / 1000, memoryUsage: this.memory.read() };
  }
}

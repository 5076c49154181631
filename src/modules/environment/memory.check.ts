import { totalmem } from 'node:os';
import { getHeapSpaceStatistics, getHeapStatistics } from 'node:v8';
import { Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { answer, BoardCheck, type Check } from '../health/index.js';
import { MemoryUsage } from '../resources/index.js';
import { readCgroupMemory } from './cgroup.js';
import { oldGenerationLimit, oldGenerationUsed } from './heap.policy.js';
import { assessMemory, type MemoryUse } from './memory.assess.js';
import './environment.codes.js';

/**
 * How close are the container and the heap to the limits that end this process? It waits for nothing: the files of the
 * kernel are in memory, and the thread pool that would read them may be busy for as long as somebody's lookup hangs.
 */
@Injectable()
@BoardCheck()
export class MemoryCheck implements Check {
  readonly key = 'memory';
  readonly cadenceMs = 5000;
  readonly deadlineMs = 1000;
  readonly counts = 'informative';

  private readonly usage = new MemoryUsage();
  private readonly heapLimit = oldGenerationLimit(getHeapStatistics().heap_size_limit, v8Flags());

  constructor(private readonly indicators: HealthIndicatorService) {}

  run(): Promise<HealthIndicatorResult> {
    const container = readCgroupMemory();
    const uses: MemoryUse[] = [
      { name: 'heap', used: oldGenerationUsed(getHeapSpaceStatistics()), limit: this.heapLimit },
      // A limit above what the machine has limits nothing.
      ...(container === null || container.limit > totalmem()
        ? []
        : [{ name: 'container' as const, ...container }]),
    ];
    const { code, message } = assessMemory(uses);
    const { rss, heapUsed, external } = this.usage.read();
    return Promise.resolve(
      answer(this.indicators.check(this.key), code, {
        message,
        details: {
          rssBytes: rss,
          heapUsedBytes: heapUsed,
          externalBytes: external,
          limits: Object.fromEntries(uses.map(({ name, used, limit }) => [name, { used, limit }])),
        },
      }),
    );
  }
}

/** Later ones win, and the command line over the environment. */
function v8Flags(): string[] {
  return [...(process.env['NODE_OPTIONS'] ?? '').split(/\s+/), ...process.execArgv];
}

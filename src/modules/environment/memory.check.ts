import { totalmem } from 'node:os';
import { getHeapStatistics } from 'node:v8';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { HealthIndicatorResult } from '@nestjs/terminus';
import { answer, Board, type Check } from '../health/index.js';
import { readCgroupMemory } from './cgroup.js';
import { assessMemory, type MemoryUse } from './memory.assess.js';

/** How close are the container and the heap to the limits that end this process? */
@Injectable()
export class MemoryCheck implements Check, OnModuleInit {
  readonly key = 'memory';
  readonly cadenceMs = 5000;
  readonly deadlineMs = 1000;
  readonly counts = 'informative';

  constructor(private readonly board: Board) {}

  onModuleInit(): void {
    this.board.add(this);
  }

  async run(): Promise<HealthIndicatorResult> {
    const heap = getHeapStatistics();
    const container = await readCgroupMemory();
    const uses: MemoryUse[] = [
      { name: 'heap', used: heap.used_heap_size, limit: heap.heap_size_limit },
      // A limit above what the machine has limits nothing.
      ...(container === null || container.limit > totalmem()
        ? []
        : [{ name: 'container' as const, ...container }]),
    ];
    const { code, message } = assessMemory(uses);
    const { rss, heapUsed, external } = process.memoryUsage();
    return answer(this.key, code, {
      message,
      details: {
        rssBytes: rss,
        heapUsedBytes: heapUsed,
        externalBytes: external,
        limits: Object.fromEntries(uses.map(({ name, used, limit }) => [name, { used, limit }])),
      },
    });
  }
}

import { Controller, Get } from '@nestjs/common';
import { HealthCheck, HealthCheckService, MemoryHealthIndicator } from '@nestjs/terminus';
import { QueueHealthIndicator, WorkerHealthIndicator } from '@probity/nest';
import { Open } from './key.guard.js';

/** As it stood before Probity came, and a route that asks its indicators. */
@Open()
@Controller('health')
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly memory: MemoryHealthIndicator,
    private readonly queue: QueueHealthIndicator,
    private readonly workers: WorkerHealthIndicator,
  ) {}

  @Get()
  @HealthCheck()
  own() {
    return this.health.check([() => this.memory.checkHeap('memory_heap', 4e9)]);
  }

  @Get('queue')
  @HealthCheck()
  ours() {
    return this.health.check([() => this.queue.isHealthy('queue'), () => this.workers.isHealthy('workers')]);
  }
}

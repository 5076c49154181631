import { BullModule } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { MemoryHealthIndicator, TerminusModule } from '@nestjs/terminus';
import { fromTerminus, ProbityModule } from '@probity/nest';
import { HealthController } from './health.controller';
import { JobsController } from './jobs.controller';
import { KeyGuard } from './key.guard';
import { ImagesProcessor, MailProcessor } from './processors';

const redis = { host: '127.0.0.1', port: Number(process.env.REDIS_PORT) };

@Module({
  imports: [
    BullModule.forRoot({ connection: redis }),
    BullModule.registerQueue({ name: 'mail' }, { name: 'images' }),
    TerminusModule,
    ProbityModule.forRootAsync({
      imports: [TerminusModule],
      inject: [MemoryHealthIndicator],
      useFactory: (memory: MemoryHealthIndicator) => ({
        redis,
        queues: ['mail', 'images'],
        instrument: 'all' as const,
        checks: [fromTerminus('heap', () => memory.checkHeap('heap', 4e9), { cadenceMs: 1000 })],
      }),
    }),
  ],
  controllers: [HealthController, JobsController],
  providers: [
    { provide: APP_GUARD, useClass: KeyGuard },
    ...(process.env.ROLE === 'api' ? [] : [MailProcessor, ImagesProcessor]),
  ],
})
export class AppModule {}

import { BullModule } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { ProbityModule } from '@probity/nest';
import { HealthController } from './health.controller.js';
import { JobsController } from './jobs.controller.js';
import { KeyGuard } from './key.guard.js';
import { MetricsController } from './metrics.controller.js';
import { ImagesProcessor, MailProcessor } from './processors.js';
import { ShopCheck } from './shop.check.js';

const url = `redis://127.0.0.1:${process.env['REDIS_PORT']}`;

@Module({
  imports: [
    BullModule.forRoot({ connection: { url } }),
    BullModule.registerQueue({ name: 'mail' }, { name: 'images' }),
    TerminusModule,
    ProbityModule.forRoot({
      name: 'shop',
      version: '2.0.0',
      redis: url,
      queues: ['mail', 'images'],
      database: process.env['DATABASE_URL'],
      instrument: 'all',
      checks: [new ShopCheck()],
    }),
  ],
  controllers: [HealthController, JobsController, MetricsController],
  providers: [
    { provide: APP_GUARD, useClass: KeyGuard },
    ...(process.env['ROLE'] === 'api' ? [] : [MailProcessor, ImagesProcessor]),
  ],
})
export class AppModule {}

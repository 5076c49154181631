import type { DynamicModule } from '@nestjs/common';
import { ConfigModule } from '../modules/config/index.js';
import { DatabaseModule } from '../modules/database/index.js';
import { HealthModule, type Board } from '../modules/health/index.js';
import { HeartbeatModule } from '../modules/heartbeat/index.js';
import { QueueModule } from '../modules/queue/index.js';
import type { Plan } from './plan.js';

class ProbityRooms {}

/** What a platform has, and an application that has none of it is told nothing of. */
const OF_PLATFORMS = ['llm', 'environment', 'workflows', 'memory', 'event-loop'];

/** The rooms of an application, beside its own modules and unseen by them. */
export function roomsOf(plan: Plan, board: Board): DynamicModule {
  const { database, opsToken } = plan;
  return {
    module: ProbityRooms,
    imports: [
      ConfigModule.forRoot({ secrets: plan.secrets }),
      HealthModule.forRoot(plan.service, {
        board,
        opsToken,
        logForm: 'lines',
        without: database === null ? [...OF_PLATFORMS, 'database'] : OF_PLATFORMS,
      }),
      database === null ? DatabaseModule.absent() : DatabaseModule.forRoot(database),
      QueueModule.forRoot(plan.queues),
      HeartbeatModule.forRoot(plan.heartbeat),
    ],
  };
}

import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { SETTINGS, type Settings } from '../config/index.js';
import { createRedis, redisTarget } from '../redis/index.js';
import { QUEUE_CONNECTION } from './tokens.js';

/** One connection for all queues of the process. It buffers nothing: an add fails at once while Redis is away. */
@Global()
@Module({
  providers: [
    {
      provide: QUEUE_CONNECTION,
      useFactory: (settings: Settings) =>
        createRedis(redisTarget(settings), 'client', { connectionName: 'probity:producer' }),
      inject: [SETTINGS],
    },
  ],
  exports: [QUEUE_CONNECTION],
})
export class QueueConnectionModule implements OnApplicationShutdown {
  constructor(@Inject(QUEUE_CONNECTION) private readonly connection: Redis) {}

  onApplicationShutdown(): void {
    this.connection.disconnect();
  }
}

import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import type { Redis } from 'ioredis';
import { createRedis } from '../redis/index.js';
import { QUEUE_OPTIONS, type QueueOptions } from './queue.options.js';
import { QUEUE_CONNECTION } from './tokens.js';

/** One connection for all queues of the process. It buffers nothing: an add fails at once while Redis is away. */
@Global()
@Module({
  providers: [
    {
      provide: QUEUE_CONNECTION,
      useFactory: ({ redis }: QueueOptions) =>
        createRedis(redis, 'client', { connectionName: 'probity:producer' }),
      inject: [QUEUE_OPTIONS],
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

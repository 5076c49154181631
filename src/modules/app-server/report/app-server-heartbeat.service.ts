import { hostname } from 'node:os';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { LONGEST_ID, readable } from '@probity/worker/wire';
import type { Redis } from 'ioredis';
import { every } from '../../kernel/index.js';
import { createRedis } from '../../redis/index.js';
import { APP_SERVER_OPTIONS, type AppServerOptions } from '../app-server.options.js';
import { AppServer } from '../app-server.service.js';
import {
  BEAT_EXPIRES_MS,
  BEAT_INTERVAL_MS,
  BEAT_SCRIPT,
  beatKey,
  FORGOTTEN_AFTER_MS,
  GOODBYE_SCRIPT,
  indexKey,
  type Beat,
} from './beats.js';

/** Says in Redis how this worker is, for the api to see. A Redis that is away changes nothing for requests. */
@Injectable()
export class AppServerHeartbeat implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly id: string;
  private readonly keys: readonly [string, string];
  private redis: Redis | null = null;
  private stop: (() => void) | undefined;
  private said = '';

  constructor(
    @Inject(APP_SERVER_OPTIONS) private readonly options: AppServerOptions,
    private readonly appServer: AppServer,
  ) {
    // The same after a restart, so that a worker that came back is not spoken of as lost.
    this.id = readable(options.workerId ?? `${hostname()}:${options.port}`, LONGEST_ID);
    this.keys = [indexKey(options), beatKey(options, this.id)];
  }

  onApplicationBootstrap(): void {
    const { redis } = this.options;
    if (redis === null) return;
    this.redis = createRedis(redis, 'client', { connectionName: 'probity:app-server' });
    this.redis.on('ready', () => void this.say());
    this.stop = every(BEAT_INTERVAL_MS, () => this.say());
    this.appServer.onChange(() => {
      if (this.beat() !== this.said) void this.say();
    });
  }

  async onApplicationShutdown(): Promise<void> {
    this.stop?.();
    const { redis } = this;
    this.redis = null;
    if (redis === null) return;
    await redis.eval(GOODBYE_SCRIPT, 2, ...this.keys, this.id).catch(() => undefined);
    redis.disconnect();
  }

  private async say(): Promise<void> {
    const json = this.beat();
    this.said = json;
    await this.redis
      ?.eval(BEAT_SCRIPT, 2, ...this.keys, this.id, json, BEAT_EXPIRES_MS, FORGOTTEN_AFTER_MS)
      // The next beat tries again; whoever reads sees its absence.
      .catch(() => undefined);
  }

  private beat(): string {
    const { ready, reason } = this.appServer.current.readiness;
    const { restartsTotal } = this.appServer;
    const beat: Beat = { host: hostname(), pid: process.pid, ready, reason, restartsTotal };
    return JSON.stringify(beat);
  }
}

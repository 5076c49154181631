import { Inject, Injectable, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import type { Redis } from 'ioredis';
import {
  answer,
  BoardCheck,
  isCode,
  ownDeadline,
  type Check,
  type CheckContext,
  type Code,
} from '../../health/index.js';
import { messageOf, monotonic, REDACT, type Redact } from '../../kernel/index.js';
import { createRedis, type Presence, PresenceReader } from '../../redis/index.js';
import { APP_SERVER_OPTIONS, type AppServerOptions } from '../app-server.options.js';
import { assessAppServers } from './app-servers.assess.js';
import { presenceOf, readBeats } from './beats.js';
import '../app-server.codes.js';

/** Workers in the details of an answer. */
const SHOWN = 50;

/** Is a supervised app-server ready anywhere? Read from the heartbeats of their workers. */
@Injectable()
@BoardCheck()
export class AppServerCheck implements Check, OnModuleInit, OnApplicationShutdown {
  readonly key = 'app-server';
  /** Often enough to see why a child that is mute is restarted, before it is ready again. */
  readonly cadenceMs = 1_000;
  readonly deadlineMs = 1_000;
  readonly counts = 'declared';
  readonly dependsOn = ['queue'];
  readonly timeoutCode = 'app_server.unknown';
  private readonly presence: PresenceReader;
  private redis: Redis | null = null;

  constructor(
    private readonly indicators: HealthIndicatorService,
    @Inject(APP_SERVER_OPTIONS) private readonly options: AppServerOptions,
    @Inject(REDACT) private readonly redact: Redact,
  ) {
    this.presence = new PresenceReader(...presenceOf(options));
  }

  onModuleInit(): void {
    const { redis } = this.options;
    if (redis === null) return;
    this.redis = createRedis(redis, 'client', { connectionName: 'probity:app-server-check' });
  }

  onApplicationShutdown(): void {
    this.redis?.disconnect();
  }

  async run({ signal }: CheckContext = ownDeadline(this)): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check(this.key);
    if (this.redis === null) {
      const message = 'There is no Redis through which workers could report: see the queue check';
      return answer(indicator, 'app_server.not_reported', { message });
    }
    let presence: Presence;
    try {
      presence = await this.read(this.redis, signal);
    } catch (error) {
      const why = messageOf(error);
      return answer(indicator, 'app_server.unknown', {
        message: this.redact(`The heartbeats of the app-server workers cannot be read: ${why}`),
      });
    }
    const { workers, unread } = readBeats(presence);
    const { verdict, message, worst } = assessAppServers(workers);
    const code = verdict === 'none_ready' ? codeOf(worst) : verdict;
    const more = unread === 0 ? '' : `; ${unread} more are listed and were not read`;
    return answer(indicator, code, {
      message: `${message}${more}`,
      details: { workers: workers.slice(0, SHOWN), ...(unread === 0 ? {} : { unread }) },
    });
  }

  private async read(redis: Redis, signal: AbortSignal): Promise<Presence> {
    // A connection that hangs is replaced, so that the next run does not wait behind this one.
    signal.addEventListener('abort', () => redis.disconnect(true), { once: true });
    return await this.presence.read(redis, monotonic());
  }
}

/** A worker of another version may give a reason that is not known here. */
function codeOf(reason: string | null): Code {
  const code = `app_server.${reason ?? ''}`;
  return isCode(code) ? code : 'app_server.unknown';
}

import { Inject, Logger, Module, type DynamicModule, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance } from 'fastify';
import { appServerMetrics } from './app-server.metrics.js';
import { APP_SERVER_OPTIONS, type AppServerOptions } from './app-server.options.js';
import { AppServer } from './app-server.service.js';
import { ChildRedact } from './child/child-redact.js';
import { ChatCompletions } from './gateway/chat-completions.service.js';
import { gatewayGuard } from './gateway/gateway.auth.js';
import { registerGateway } from './gateway/gateway.routes.js';
import { AppServerCheck } from './report/app-server.check.js';
import { AppServerHeartbeat } from './report/app-server-heartbeat.service.js';

/** The supervised `codex app-server` and the gateway to it; for the app-server worker. */
@Module({ providers: [ChildRedact, AppServer, ChatCompletions, AppServerHeartbeat, ...appServerMetrics] })
export class AppServerModule implements OnModuleInit {
  static forRoot(options: AppServerOptions): DynamicModule {
    return { module: AppServerModule, providers: [{ provide: APP_SERVER_OPTIONS, useValue: options }] };
  }

  private readonly logger = new Logger('Gateway');

  constructor(
    private readonly http: HttpAdapterHost,
    private readonly completions: ChatCompletions,
    @Inject(APP_SERVER_OPTIONS) private readonly options: AppServerOptions,
    private readonly redact: ChildRedact,
  ) {}

  /** Plain Fastify routes, as the probes are: nothing of Nest stands between a token and its client. */
  onModuleInit(): void {
    const fastify = this.http.httpAdapter.getInstance<FastifyInstance>();
    registerGateway(fastify, {
      completions: this.completions,
      guard: gatewayGuard(this.options.gateway),
      redact: this.redact.text,
      defect: (error) => this.logger.error(error),
    });
  }
}

/** The check `app-server`, where the deployment declares it; for the process that takes work in. */
@Module({})
export class AppServerCheckModule {
  static forRoot(options: AppServerOptions): DynamicModule {
    return {
      module: AppServerCheckModule,
      providers: options.declared ? [{ provide: APP_SERVER_OPTIONS, useValue: options }, AppServerCheck] : [],
    };
  }
}

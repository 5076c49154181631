import {
  Inject,
  Module,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { DiscoveryModule, DiscoveryService } from '@nestjs/core';
import { TerminusModule } from '@nestjs/terminus';
import { InjectMetric, makeCounterProvider, makeGaugeProvider } from '@willsoto/nestjs-prometheus';
import type { Counter, Gauge } from 'prom-client';
import { REDACT, type Redact } from '../kernel/index.js';
import { Liveness } from '../liveness/index.js';
import { Board } from './board/board.service.js';
import { BoardCheck, type Check } from './board/check.js';
import { HealthzSections } from './http/healthz-sections.js';
import { ProbeAnswers } from './http/probe-answers.js';
import { Lifecycle } from './lifecycle.js';
import { PLATFORM_CHECKS } from './platform/production-health.view.js';
import { ProcessSampler } from './process-sampler.js';
import { publishTransitions, type BoardMetrics, type LogForm } from './transitions.js';
import type { ServiceIdentity } from './views/index.js';

/** Inject with `@Inject(SERVICE) service: ServiceIdentity`. */
export const SERVICE = Symbol('SERVICE');

const NEEDED_CHECKS = Symbol('NEEDED_CHECKS');
const LOG_FORM = Symbol('LOG_FORM');

const METRICS = {
  status: 'probity_check_status',
  latency: 'probity_check_latency_seconds',
  transitions: 'probity_check_transitions_total',
} as const;

export interface HealthOptions {
  /** False when the process says by `Lifecycle.nowServing` that its probes can be asked. */
  readonly serving?: boolean;
  /** It serves `/api/production/*`, and has the checks that these name. */
  readonly forPlatform?: boolean;
  /** Needed for details: open to everyone when it is undefined, and to nobody when it is null. */
  readonly opsToken?: string | null | undefined;
  /** Checks that a platform has elsewhere, and that there are not to be here: nothing is said of them. */
  readonly without?: readonly string[] | undefined;
  /** How transitions are logged; `objects` unless the logger is somebody else's. */
  readonly logForm?: LogForm | undefined;
  /** The board, where there is one already. */
  readonly board?: Board | undefined;
}

/**
 * The board, the lifecycle, liveness and the probe answers of this process, and Terminus, for every module. Every
 * provider of the process that is a `@BoardCheck()` is put on the board.
 */
@Module({})
export class HealthModule implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown {
  static forRoot(
    service: ServiceIdentity,
    {
      serving = true,
      forPlatform = false,
      opsToken,
      board,
      without,
      logForm = 'objects',
    }: HealthOptions = {},
  ): DynamicModule {
    return {
      module: HealthModule,
      global: true,
      imports: [TerminusModule, DiscoveryModule],
      providers: [
        { provide: SERVICE, useValue: service },
        { provide: NEEDED_CHECKS, useValue: forPlatform ? PLATFORM_CHECKS : [] },
        { provide: LOG_FORM, useValue: logForm },
        { provide: Board, useFactory: (redact: Redact) => board ?? new Board(redact), inject: [REDACT] },
        { provide: Liveness, useFactory: () => new Liveness(service.startedAt) },
        { provide: Lifecycle, useFactory: (board: Board) => new Lifecycle(board, serving), inject: [Board] },
        ProcessSampler,
        HealthzSections,
        {
          provide: ProbeAnswers,
          useFactory: (
            board: Board,
            liveness: Liveness,
            sampler: ProcessSampler,
            sections: HealthzSections,
          ) =>
            new ProbeAnswers(
              {
                snapshot: () => board.snapshot(),
                fresh: () => board.fresh(),
                liveness: (now) => liveness.read(now),
                sample: () => sampler.sample(),
                sections: (audience) => sections.read(audience),
              },
              { service, opsToken, without },
            ),
          inject: [Board, Liveness, ProcessSampler, HealthzSections],
        },
        makeGaugeProvider({
          name: METRICS.status,
          help: '1 for the status that the check has now, 0 for the others',
          labelNames: ['check', 'status'],
        }),
        makeGaugeProvider({
          name: METRICS.latency,
          help: 'How long the last run took',
          labelNames: ['check'],
        }),
        makeCounterProvider({
          name: METRICS.transitions,
          help: 'Changes of status or code',
          labelNames: ['check', 'to', 'code'],
        }),
      ],
      exports: [
        TerminusModule,
        SERVICE,
        Board,
        Liveness,
        Lifecycle,
        ProcessSampler,
        HealthzSections,
        ProbeAnswers,
      ],
    };
  }

  constructor(
    private readonly board: Board,
    private readonly lifecycle: Lifecycle,
    private readonly sampler: ProcessSampler,
    private readonly discovery: DiscoveryService,
    @Inject(NEEDED_CHECKS) private readonly needed: readonly string[],
    @Inject(LOG_FORM) logForm: LogForm,
    @InjectMetric(METRICS.status) status: Gauge,
    @InjectMetric(METRICS.latency) latency: Gauge,
    @InjectMetric(METRICS.transitions) transitions: Counter,
  ) {
    const metrics: BoardMetrics = { status, latency, transitions };
    publishTransitions(board, metrics, logForm);
  }

  onModuleInit(): void {
    for (const { instance } of this.discovery.getProviders({ metadataKey: BoardCheck.KEY }))
      this.board.add(instance as Check);
  }

  onApplicationBootstrap(): void {
    this.board.start(this.needed);
    this.sampler.start();
    this.lifecycle.started();
  }

  async onApplicationShutdown(): Promise<void> {
    this.sampler.stop();
    await this.board.stop();
  }
}

import {
  Inject,
  Injectable,
  Logger,
  type INestApplicationContext,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleDestroy,
} from '@nestjs/common';
import { DiscoveryService, HttpAdapterHost, NestFactory } from '@nestjs/core';
import {
  Board,
  BoardCheck,
  Lifecycle,
  ProbeAnswers,
  probeHandler,
  ProcessSampler,
  type Check,
  type Counts,
} from '../modules/health/index.js';
import { WorkerHeartbeats } from '../modules/heartbeat/index.js';
import { countConnections, standBefore, type HttpAdapter } from './front.js';
import { roomsOf } from './inner.module.js';
import { withMetricsIn } from './own-metrics.js';
import type { Plan } from './plan.js';
import { PROBITY_OPTIONS, PROBITY_PLAN } from './tokens.js';
import { ProbityOptionsError, type ProbityOptions } from './probity.options.js';

/** Of the application's own grace, which it does not tell. */
const DRAIN_WITHIN_MS = 2000;

/** Begins and ends with the application, in a context of its own: of what stands in there the application sees nothing. */
@Injectable()
export class ProbityService implements OnApplicationBootstrap, OnModuleDestroy, OnApplicationShutdown {
  private readonly logger = new Logger('Probity');
  private inner: INestApplicationContext | undefined;

  constructor(
    @Inject(PROBITY_PLAN) private readonly plan: Plan,
    @Inject(PROBITY_OPTIONS) private readonly options: ProbityOptions,
    private readonly board: Board,
    private readonly discovery: DiscoveryService,
    private readonly host: HttpAdapterHost,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    for (const warning of this.plan.warnings) this.logger.warn(warning);
    for (const check of this.options.checks ?? []) this.board.add(aCheck(check, 'the option checks'));
    for (const { instance, name } of this.discovery.getProviders({ metadataKey: BoardCheck.KEY }))
      this.board.add(aCheck(instance, String(name)));
    const inner = await withMetricsIn(this.options.metrics, () =>
      NestFactory.createApplicationContext(roomsOf(this.plan, this.board), {
        abortOnError: false,
        autoFlushLogs: false,
      }),
    );
    this.inner = inner;
    if (this.options.instrument === 'all')
      inner.get(WorkerHeartbeats).instrumentAll(this.discovery.getProviders());
    this.serve(inner);
  }

  /** The first of what Nest calls: readiness is red before anything of the application is closed. */
  async onModuleDestroy(): Promise<void> {
    await this.inner?.get(Lifecycle).drain(DRAIN_WITHIN_MS);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.inner?.close();
  }

  private serve(inner: INestApplicationContext): void {
    const adapter = this.host.httpAdapter as HttpAdapter | null | undefined;
    // A context that only works listens to nobody.
    if (adapter?.getHttpServer == null) return;
    const lifecycle = inner.get(Lifecycle);
    const { paths, oneCheck } = this.plan.probes;
    const probes = probeHandler(inner.get(ProbeAnswers), paths, {
      draining: () => lifecycle.draining,
      oneCheck,
      guides: false,
      onDefect: (error) =>
        this.logger.error(error instanceof Error ? error.message : 'a probe could not be answered'),
    });
    inner.get(ProcessSampler).countConnections(countConnections(adapter.getHttpServer()));
    standBefore(adapter, probes);
  }
}

const PLACES: readonly unknown[] = ['readiness', 'declared', 'informative'] satisfies Counts[];

/** What is to be on the board; JavaScript knows no types, and a provider of a request has no instance. */
function aCheck(candidate: unknown, where: string): Check {
  const { key, cadenceMs, deadlineMs, counts, run } = (candidate ?? {}) as Partial<
    Record<keyof Check, unknown>
  >;
  const times = [cadenceMs, deadlineMs].every((ms) => typeof ms === 'number' && ms > 0);
  if (typeof key !== 'string' || !times || typeof run !== 'function' || !PLACES.includes(counts))
    throw new ProbityOptionsError(
      'checks',
      `has in ${where} what is no check: it needs key, cadenceMs, deadlineMs, counts (${PLACES.join(', ')}) and run()`,
    );
  return candidate as Check;
}

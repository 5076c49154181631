import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import type { Counter, Gauge } from 'prom-client';
import {
  Board,
  codeDefinition,
  HealthzSections,
  SERVICE,
  type Answer,
  type Code,
  type ServiceIdentity,
} from '../health/index.js';
import { Listeners } from '../kernel/index.js';
import { Liveness } from '../liveness/index.js';
import { detectContainment } from '../supervision/index.js';
import { BACKOFF_MS, LATENCY_MS, READY, RESTARTS_TOTAL } from './app-server.metrics.js';
import { APP_SERVER_OPTIONS, type AppServerOptions } from './app-server.options.js';
import { ChildRedact } from './child/child-redact.js';
import { CodexChild } from './child/codex-child.js';
import type { AdvertisedModel, CodexSession } from './protocol/codex-session.js';
import {
  initialAppServer,
  next,
  type AppServerInput,
  type AppServerState,
  type Flip,
} from './state/app-server.state.js';
import { countedOf, healthReport } from './state/health-report.js';
import { supervisionLogger } from './supervision-logger.js';
import './app-server.codes.js';

const KEY = 'app-server';

/** The supervised child as this process's health, liveness, metrics and gateway see it. */
@Injectable()
export class AppServer implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('AppServer');
  private readonly changes = new Listeners();
  private state: AppServerState = initialAppServer(Date.now());
  private child: CodexChild | null = null;
  private countedRestarts = 0;
  private ending = false;

  constructor(
    @Inject(APP_SERVER_OPTIONS) private readonly options: AppServerOptions,
    private readonly redact: ChildRedact,
    @Inject(SERVICE) private readonly service: ServiceIdentity,
    private readonly board: Board,
    liveness: Liveness,
    sections: HealthzSections,
    @InjectMetric(RESTARTS_TOTAL) private readonly restarts: Counter,
    @InjectMetric(LATENCY_MS) private readonly latency: Gauge,
    @InjectMetric(BACKOFF_MS) private readonly backoff: Gauge,
    @InjectMetric(READY) private readonly readyGauge: Gauge,
  ) {
    board.addPushed(KEY, 'readiness', this.answer());
    liveness.add(() => (this.state.liveness.live ? null : 'app_server.restart_limit_exceeded'));
    sections.add((audience) =>
      healthReport(this.state, this.child?.snapshot() ?? null, this.enabled, audience),
    );
  }

  /** Starts the child in the background: a process boots whatever its child does. */
  async onApplicationBootstrap(): Promise<void> {
    if (!this.enabled) {
      this.logger.warn('the app-server is disabled; set PROXY_USE_APP_SERVER=true to run it');
      return this.feed({ type: 'disabled' });
    }
    // Its first life is not to spend its time on this.
    await detectContainment();
    if (this.ending) return;
    this.child = new CodexChild({
      ...this.options.child,
      redact: this.redact.text,
      version: this.service.version,
      logger: supervisionLogger(this.logger, this.redact.text),
      listener: (input) => this.feed(input),
    });
    this.feed({ type: 'initialized' });
    this.child.start();
  }

  /** Called after the listener has closed: nobody is served any more, so the child may end. */
  async onApplicationShutdown(): Promise<void> {
    this.ending = true;
    this.feed({ type: 'stop' });
    await this.child?.stop();
    this.feed({ type: 'stopped' });
  }

  get enabled(): boolean {
    return this.options.enabled;
  }

  get current(): AppServerState {
    return this.state;
  }

  /** The session that requests may use now; null when it is not ready. */
  get session(): CodexSession | null {
    return this.state.readiness.ready ? (this.child?.session ?? null) : null;
  }

  get restartsTotal(): number {
    return this.child?.snapshot().restartsTotal ?? 0;
  }

  get models(): readonly AdvertisedModel[] {
    return this.child?.models ?? [];
  }

  /** Readiness turns red, and requests are refused from now on. */
  beginDrain(): void {
    this.feed({ type: 'drain' });
  }

  /** Calls back after every change; the answer ends that. */
  onChange(listener: () => void): () => void {
    return this.changes.add(listener);
  }

  private feed(told: AppServerInput): void {
    // What the child said of its end may hold what it was given.
    const input = 'message' in told ? { ...told, message: this.redact.text(told.message) } : told;
    const { state, effects } = next(this.state, input, Date.now());
    this.state = state;
    // First of all the board: every probe from here on knows.
    this.board.push(KEY, this.answer());
    for (const flip of effects) this.logFlip(flip);
    this.measure();
    this.changes.tell();
  }

  private answer(): Answer {
    const { reason, message, handshake } = this.state.readiness;
    const code: Code = `app_server.${reason}`;
    const { message: text } = codeDefinition(code);
    return {
      code,
      message: message === null ? text : `${text} (${message})`,
      details: { ...countedOf(this.child?.snapshot() ?? null, true), models: handshake?.models.length ?? 0 },
    };
  }

  private logFlip({ of, value, reason, message, elapsedMs }: Flip): void {
    const what = of === 'readiness' ? ['is ready', 'is not ready'] : ['is live', 'is not live'];
    const fields = { [of]: value, reason, elapsed_ms: elapsedMs };
    const msg = `the app-server ${value ? what[0] : what[1]}${message === null ? '' : `: ${message}`}`;
    if (value) this.logger.log({ msg, ...fields });
    else this.logger[of === 'liveness' ? 'error' : 'warn']({ msg, ...fields });
  }

  private measure(): void {
    const { ready } = this.state.readiness;
    const counted = countedOf(this.child?.snapshot() ?? null, true);
    this.readyGauge.set(ready ? 1 : 0);
    this.backoff.set(counted.next_restart_delay_ms);
    if (counted.startup_latency_ms !== null) this.latency.set(counted.startup_latency_ms);
    this.restarts.inc(counted.restarts_total - this.countedRestarts);
    this.countedRestarts = counted.restarts_total;
  }
}

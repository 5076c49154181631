import { Inject, Injectable, Logger } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import type { Gauge } from 'prom-client';
import { Lifecycle } from '../../health/index.js';
import { withDeadline } from '../../kernel/index.js';
import { STREAMS_ACTIVE } from '../app-server.metrics.js';
import { APP_SERVER_OPTIONS, type AppServerOptions } from '../app-server.options.js';
import { AppServer } from '../app-server.service.js';
import { ChildRedact } from '../child/child-redact.js';
import { CodexTurn, type TurnEvent } from './codex-turn.js';
import type { CompletionRequest } from './completion-request.js';
import { GatewayError, refused, requestTimeout, workerBusy, workerNotReady } from './gateway.error.js';
import type { GatewayOptions } from './gateway.options.js';
import { Slots } from './slots.js';

/** What is left of the grace for requests to be told, and for their turns to be interrupted, ms. */
const TELL_MS = 500;

/** Chat completions through the child: who may come in, for how long, and what happens when somebody leaves. */
@Injectable()
export class ChatCompletions {
  private readonly logger = new Logger('Gateway');
  private readonly options: GatewayOptions;
  private readonly slots: Slots;

  constructor(
    @Inject(APP_SERVER_OPTIONS) { gateway }: Pick<AppServerOptions, 'gateway'>,
    private readonly redact: ChildRedact,
    private readonly appServer: AppServer,
    private readonly lifecycle: Lifecycle,
    @InjectMetric(STREAMS_ACTIVE) private readonly streamsActive: Gauge,
  ) {
    this.options = gateway;
    this.slots = new Slots(gateway.maxConcurrency);
    lifecycle.onDrain('gateway', (graceMs) => this.drain(graceMs));
  }

  /** Throws unless the child is there. */
  assertReady(): void {
    if (this.lifecycle.draining || this.appServer.session === null) throw this.notReady();
  }

  /** Throws what a new request would be told now, before anyone reads its body. */
  assertOpen(): void {
    this.assertReady();
    if (!this.slots.free) throw workerBusy();
  }

  /** The advertised models, and the configured one, which the child takes though it may not advertise it. */
  async models(): Promise<readonly string[]> {
    const advertised = this.appServer.models.map(({ id }) => id);
    const configured = await this.configured();
    return configured === null || advertised.includes(configured) ? advertised : [configured, ...advertised];
  }

  /** The model that a request gets. Throws for one that does not exist. */
  async modelOf(request: CompletionRequest): Promise<string> {
    if (request.model !== null) {
      const { model } = request;
      if (this.appServer.models.some(({ id }) => id === model)) return model;
      if ((await this.configured()) === model) return model;
      throw refused('model_not_found');
    }
    const { models } = this.appServer;
    const preferred = models.find(({ isDefault }) => isDefault) ?? models[0];
    const model = (await this.configured()) ?? preferred?.id;
    if (model === undefined) throw this.notReady();
    return model;
  }

  /** What our options name, else what codex's own configuration does. */
  private async configured(): Promise<string | null> {
    return this.options.model ?? (await this.appServer.session?.configuredModel()) ?? null;
  }

  /** Runs one completion by `modelOf`; `gone` aborts when the client has left. Throws `GatewayError`. */
  async *run(
    request: CompletionRequest,
    model: string,
    gone: AbortSignal,
  ): AsyncGenerator<TurnEvent, void, undefined> {
    const { session } = this.appServer;
    if (this.lifecycle.draining || session === null) throw this.notReady();
    const slot = this.slots.take();
    if (slot === null) throw workerBusy();
    const timeoutMs = this.options.requestTimeoutMs;
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(requestTimeout(timeoutMs)), timeoutMs);
    const signal = AbortSignal.any([gone, deadline.signal, slot.signal]);
    const place = { session, model, sandbox: this.options.sandbox };
    const turn = new CodexTurn(place, request, signal);
    this.streamsActive.set(this.slots.active);
    const answer: string[] = [];
    try {
      for await (const event of turn.events()) {
        if (this.options.logRequests && event.kind === 'text') answer.push(event.text);
        yield event;
      }
    } finally {
      clearTimeout(timer);
      this.logWhenAsked(model, request, answer);
      void turn.cleanUp().finally(() => {
        slot.release();
        this.streamsActive.set(this.slots.active);
      });
    }
  }

  private notReady(): GatewayError {
    const { reason } = this.appServer.current.readiness;
    // A supervisor that has given up for now, or a child that is switched off, is not back in a second.
    const slow = reason === 'restart_limit_exceeded' || reason === 'app_server_disabled';
    return workerNotReady(reason, slow ? 30 : 1);
  }

  /** Refuses new requests, lets those under way finish, and tells the rest to come back. */
  private async drain(graceMs: number): Promise<void> {
    this.appServer.beginDrain();
    const grace = Math.max(0, Math.min(graceMs - TELL_MS, this.options.shutdownGraceMs));
    const outcome = await withDeadline(grace, () => this.slots.idle());
    if (outcome.kind === 'answered') return;
    this.logger.warn({ msg: 'requests did not finish within the grace', aborted: this.slots.active });
    this.slots.abortAll(workerNotReady('shutdown_in_progress'));
    await withDeadline(TELL_MS, () => this.slots.idle());
  }

  private logWhenAsked(model: string, { prompt }: CompletionRequest, answer: readonly string[]): void {
    if (!this.options.logRequests) return;
    const text = answer.join('');
    this.logger.log({
      msg: 'completion',
      model,
      prompt: this.redact.text(prompt),
      answer: this.redact.text(text),
    });
  }
}

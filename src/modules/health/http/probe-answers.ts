import { problemReply } from '../../http/index.js';
import { bearerGuard, moment, type Moment } from '../../kernel/index.js';
import { livezAnswer, type LivenessState } from '../../liveness/index.js';
import { believable, validUntil, type Snapshot } from '../board/snapshot.js';
import { productionHealthView } from '../platform/production-health.view.js';
import { productionReadyView } from '../platform/production-ready.view.js';
import { queueHeartbeatView } from '../platform/queue-heartbeat.view.js';
import {
  asStarting,
  healthJsonView,
  healthzView,
  readyzCheckView,
  readyzView,
  render,
  STARTING_MS,
  textView,
  toTemplate,
  type Audience,
  type LiveTemplate,
  type ProcessSample,
  type ServiceIdentity,
  type View,
  type ViewContext,
} from '../views/index.js';

import { negotiate, type Format } from './negotiate.js';
import { toProbeReply, type ProbeReply } from './probe-reply.js';

/** Where the answers come from: the board of this thread, or what another thread was told of it. */
export interface ProbeSource {
  snapshot(): Snapshot;
  fresh(): Promise<Snapshot>;
  liveness(now: number): LivenessState;
  sample(): ProcessSample;
  /** What the modules of this process add to `/healthz`; undefined when they add nothing. */
  sections?(audience: Audience): Readonly<Record<string, unknown>> | undefined;
}

export interface ProbeOptions {
  readonly service: ServiceIdentity;
  /** With a token, only who bears it sees details and may ask for `?fresh`; with null nobody does. */
  readonly opsToken?: string | null | undefined;
  /** As in `ViewContext`. */
  readonly without?: readonly string[] | undefined;
}

export type ProbeName = 'livez' | 'readyz' | 'healthz' | 'ready' | 'heartbeat' | 'health';

export interface ProbeRequest {
  readonly probe: ProbeName;
  /** The check that `/readyz/:check` asks for. */
  readonly check?: string | undefined;
  /** What follows the question mark. */
  readonly query?: string | undefined;
  readonly accept?: string | undefined;
  readonly authorization?: string | undefined;
}

interface Fragment {
  readonly version: number;
  readonly validUntil: number;
  readonly statusCode: number;
  readonly contentType: string;
  readonly template: LiveTemplate;
  /** The last rendering: live values are in whole milliseconds, so it serves every request of its millisecond. */
  rendered: { readonly now: number; readonly reply: ProbeReply } | undefined;
}

const CONTENT_TYPES: Readonly<Record<Format, string>> = {
  json: 'application/json; charset=utf-8',
  'health+json': 'application/health+json; charset=utf-8',
  text: 'text/plain; charset=utf-8',
};

/**
 * Answers every probe from the last snapshot. An answer is serialized once per change of the board and kept
 * until something in it expires, which is looked at per request: a starved board fails closed.
 */
export class ProbeAnswers {
  private readonly fragments = new Map<string, Fragment>();
  private alive: { now: number; state: LivenessState; reply: ProbeReply } | undefined;
  private readonly startingUntil = moment().mono + STARTING_MS;
  private readonly mayOperate: (authorization: string | undefined) => boolean;

  constructor(
    private readonly source: ProbeSource,
    private readonly options: ProbeOptions,
  ) {
    const { opsToken } = options;
    this.mayOperate = typeof opsToken === 'string' ? bearerGuard(opsToken) : () => opsToken === undefined;
  }

  answer(request: ProbeRequest): ProbeReply | Promise<ProbeReply> {
    const at = moment();
    if (request.probe === 'livez') return this.livez(at.now);
    const operator = this.mayOperate(request.authorization);
    const query =
      request.query === undefined || request.query === '' ? undefined : new URLSearchParams(request.query);
    if (operator && query !== undefined && isOn(query, 'fresh')) {
      return this.source
        .fresh()
        .then((snapshot) => this.reply(request, operator, isOn(query, 'verbose'), at, snapshot));
    }
    return this.reply(request, operator, isOn(query, 'verbose'), at);
  }

  /** The vetoes are asked each time; only the text is kept, for as long as its timestamp is right. */
  private livez(now: number): ProbeReply {
    const state = this.source.liveness(now);
    if (this.alive?.now === now && this.alive.state === state) return this.alive.reply;
    const { statusCode, body } = livezAnswer(state, uptimeMs(), now);
    const reply = { statusCode, contentType: CONTENT_TYPES.json, body, bytes: Buffer.byteLength(body) };
    this.alive = { now, state, reply };
    return reply;
  }

  private reply(
    request: ProbeRequest,
    operator: boolean,
    verbose: boolean,
    at: Moment,
    fresh?: Snapshot,
  ): ProbeReply {
    const format = request.check === undefined ? negotiate(request.accept) : 'json';
    const audience: Audience = operator ? 'operator' : 'public';
    const liveness = request.probe === 'healthz' ? this.source.liveness(at.now) : undefined;
    const sections = request.probe === 'healthz' ? this.source.sections?.(audience) : undefined;
    const mayKeep = fresh === undefined && sections === undefined;
    const key = `${request.probe}|${request.check ?? ''}|${format}|${audience}|${verbose}|${liveness?.reason ?? ''}`;
    const snapshot = fresh ?? this.source.snapshot();
    const now = fresh === undefined ? at : moment();
    let fragment = mayKeep ? this.fragments.get(key) : undefined;
    if (fragment?.version !== snapshot.version || fragment.validUntil < now.mono) {
      const isStarting = request.probe === 'health' && now.mono < this.startingUntil;
      const known = isStarting ? asStarting(believable(snapshot, now)) : believable(snapshot, now);
      const { service, without } = this.options;
      const context: ViewContext = { snapshot: known, audience, verbose, service, without };
      const view = this.view(request, format, context, liveness, sections);
      if (view === undefined) return this.unknownCheck(request.check ?? '', known);
      const until = validUntil(known, now);
      fragment = toFragment(
        view,
        format,
        known.version,
        isStarting ? Math.min(until, this.startingUntil) : until,
      );
      if (mayKeep) this.fragments.set(key, fragment);
    }
    if (mayKeep && fragment.rendered?.now === now.now) return fragment.rendered.reply;
    const { template, statusCode, contentType } = fragment;
    const body = render(template, { now: now.now, mono: now.mono, startedAt: at.mono, uptimeMs: uptimeMs() });
    const reply = { statusCode, contentType, body, bytes: Buffer.byteLength(body) };
    fragment.rendered = { now: now.now, reply };
    return reply;
  }

  private view(
    request: ProbeRequest,
    format: Format,
    context: ViewContext,
    liveness: LivenessState | undefined,
    sections: Readonly<Record<string, unknown>> | undefined,
  ): View | undefined {
    switch (request.probe) {
      case 'readyz':
        if (request.check !== undefined) return readyzCheckView(request.check, context);
        if (format !== 'json') return inFormat(format, context, 'readyz');
        return readyzView(context);
      case 'healthz':
        if (format !== 'json') return inFormat(format, context, 'healthz');
        return healthzView(context, liveness ?? this.source.liveness(Date.now()), sections);
      case 'health':
        if (format !== 'json') return inFormat(format, context, 'health');
        return productionHealthView(context, this.source.sample());
      case 'ready':
        return productionReadyView(context);
      case 'heartbeat':
        return queueHeartbeatView(context);
      case 'livez':
        return undefined;
    }
  }

  private unknownCheck(check: string, snapshot: Snapshot): ProbeReply {
    const known = snapshot.checks.map((each) => each.key);
    const detail = `There is no check named ${JSON.stringify(check.slice(0, 64))}; the checks of this process are ${known.join(', ')}.`;
    return toProbeReply(problemReply('probe.unknown_check', { detail }), { checks: known });
  }
}

const uptimeMs = () => process.uptime() * 1000;

function inFormat(
  format: 'health+json' | 'text',
  context: ViewContext,
  scope: 'readyz' | 'healthz' | 'health',
): View {
  return format === 'text' ? textView(context, scope) : healthJsonView(context, scope);
}

function toFragment(view: View, format: Format, version: number, until: number): Fragment {
  const text = typeof view.body === 'string';
  return {
    version,
    validUntil: until,
    statusCode: view.statusCode,
    contentType: text ? CONTENT_TYPES.text : CONTENT_TYPES[format === 'health+json' ? format : 'json'],
    template: typeof view.body === 'string' ? { texts: [view.body], lives: [] } : toTemplate(view.body),
    rendered: undefined,
  };
}

/** `?verbose`, `?verbose=1` and `?verbose=true` are on; `?verbose=0` and `=false` are off. */
function isOn(query: URLSearchParams | undefined, name: string): boolean {
  const value = query?.get(name);
  return value !== undefined && value !== null && value !== '0' && value !== 'false';
}

import type { Environment, Settings } from '../../config/index.js';
import { messageOf, type Redact } from '../../kernel/index.js';
import {
  describeExit,
  Supervisor,
  type ProbeOutcome,
  type SupervisionLogger,
  type SupervisorEvent,
  type SupervisorSnapshot,
} from '../../supervision/index.js';
import { CodexSession, type AdvertisedModel } from '../protocol/codex-session.js';
import type { AppServerInput } from '../state/app-server.state.js';
import { CodexRuntime } from './codex.runtime.js';
import { LaunchDiagnosis } from './launch-diagnosis.js';
import { OddityLog } from './oddity-log.js';

/** A child that sends but leaves calls unanswered counts as mute after so many of them. */
const UNANSWERED_LIMIT = 5;
/**
 * Between SIGTERM and SIGKILL of a child that is mute: it has little left to finish. Long enough for the api, which
 * looks every second, to see why.
 */
const WEDGED_GRACE_MS = 3_000;
const STOPPING = 'the worker is shutting down';
/** On top of the deadlines that are kept here, which know better what a late timer means. */
const OUTER_SLACK_MS = 1_000;

export interface CodexChildParts {
  readonly settings: Settings;
  /** What it inherits, less what is ours. */
  readonly environment: Environment;
  readonly redact: Redact;
  /** Version of Probity, told to the child. */
  readonly version: string;
  readonly logger: SupervisionLogger;
  /** Hears what happens to the child, in order. */
  readonly listener: (input: AppServerInput) => void;
}

/** The supervised `codex app-server`: one session for each life, a handshake at its start, a pulse while it lives. */
export class CodexChild {
  private readonly supervisor: Supervisor;
  private readonly oddities: OddityLog;
  private readonly diagnosis: LaunchDiagnosis;
  private current: { readonly incarnation: number; readonly session: CodexSession } | null = null;
  private advertised: readonly AdvertisedModel[] = [];
  private unanswered = 0;
  private mute = 0;
  private handshaken = false;
  /** Threads of lives that ended before they could delete them; they lie on the disk. */
  private leftovers: readonly string[] = [];

  constructor(private readonly parts: CodexChildParts) {
    const { settings, environment, redact, logger } = parts;
    this.oddities = new OddityLog(logger);
    this.diagnosis = new LaunchDiagnosis(settings, environment);
    this.supervisor = new Supervisor({
      name: 'codex app-server',
      runtime: new CodexRuntime(settings, environment, redact, (chunk, incarnation) =>
        this.sessionOf(incarnation)?.push(chunk),
      ),
      logger,
      restart: {
        initialDelayMs: settings.WORKER_BACKOFF_INITIAL_MS,
        maxDelayMs: settings.WORKER_BACKOFF_MAX_MS,
        budget: settings.WORKER_RESTART_MAX,
        windowMs: settings.WORKER_RESTART_WINDOW_MS,
      },
      startupTimeoutMs: settings.WORKER_STARTUP_TIMEOUT_MS,
      graceMs: settings.WORKER_SHUTDOWN_GRACE_MS,
      startupProbe: {
        run: ({ incarnation }) => this.handshake(incarnation),
        timeoutMs: settings.WORKER_HANDSHAKE_TIMEOUT_MS + OUTER_SLACK_MS,
        // A handshake that failed is answered with a restart, so there is no second one in a life.
        periodMs: settings.WORKER_STARTUP_TIMEOUT_MS,
      },
      readinessProbe: {
        run: ({ incarnation }) => this.pulse(incarnation),
        timeoutMs: settings.WORKER_PROBE_TIMEOUT_MS + OUTER_SLACK_MS,
        periodMs: settings.WORKER_PROBE_INTERVAL_MS,
        failureThreshold: settings.WORKER_PROBE_FAILURE_THRESHOLD,
      },
    });
    this.supervisor.on((event) => this.hear(event));
  }

  start(): void {
    this.supervisor.start();
  }

  /** Resolves when the child and all that it started have ended. */
  async stop(): Promise<void> {
    await this.supervisor.stop(STOPPING);
  }

  snapshot(): SupervisorSnapshot {
    return this.supervisor.snapshot();
  }

  /** The session of the present life; null while there is none. */
  get session(): CodexSession | null {
    return this.current?.session ?? null;
  }

  /** What the present life advertised, and what the last one did until then. */
  get models(): readonly AdvertisedModel[] {
    return this.advertised;
  }

  private sessionOf(incarnation: number): CodexSession | undefined {
    return this.current?.incarnation === incarnation ? this.current.session : undefined;
  }

  private async handshake(incarnation: number): Promise<ProbeOutcome> {
    const session = this.sessionOf(incarnation);
    if (session === undefined) return { outcome: 'error', message: 'its life is over' };
    const { settings, version, listener } = this.parts;
    try {
      const models = await session.handshake(version, settings.WORKER_HANDSHAKE_TIMEOUT_MS);
      if (models.length === 0) throw new Error('it advertises no model');
      if (this.sessionOf(incarnation) === undefined) return { outcome: 'error', message: 'its life is over' };
      this.advertised = models;
      this.handshaken = true;
      void session.configuredModel();
      this.deleteLeftovers(session);
      listener({ type: 'handshake_done', models: models.map(({ id }) => id) });
      return { outcome: 'pass', message: `${models.length} models` };
    } catch (error) {
      const message = `the handshake failed: ${messageOf(error)}`;
      if (this.sessionOf(incarnation) !== undefined) {
        listener({ type: 'handshake_failed', message });
        this.supervisor.restart(message, incarnation);
      }
      return { outcome: 'fail', message };
    }
  }

  private async pulse(incarnation: number): Promise<ProbeOutcome> {
    const session = this.sessionOf(incarnation);
    if (session === undefined) return { outcome: 'error', message: 'its life is over' };
    const pulse = await session.pulse(this.parts.settings.WORKER_PROBE_TIMEOUT_MS);
    this.unanswered = pulse.kind === 'unanswered' ? this.unanswered + 1 : 0;
    this.mute = pulse.kind === 'mute' ? this.mute + 1 : 0;
    if (pulse.kind === 'alive' || pulse.kind === 'busy') return { outcome: 'pass', message: pulse.message };
    const { message } = pulse;
    if (pulse.kind === 'unanswered' && this.unanswered < UNANSWERED_LIMIT)
      return { outcome: 'error', message };
    const enough =
      pulse.kind === 'unanswered' || this.mute >= this.parts.settings.WORKER_PROBE_FAILURE_THRESHOLD;
    if (enough) this.endWedged(incarnation, message);
    return { outcome: 'fail', message };
  }

  private hear(event: SupervisorEvent): void {
    const { listener } = this.parts;
    switch (event.type) {
      case 'starting':
        return this.begin(event.incarnation);
      case 'started':
        return listener({ type: 'spawned' });
      case 'ready':
        return listener({ type: 'ready' });
      case 'not_ready':
        return this.loseReadiness(event.incarnation, event.reason);
      case 'stopping':
        return listener({ type: 'ending', cause: event.cause });
      case 'exited': {
        const how = describeExit(event);
        const message = event.cause === null ? `it ${how}` : `${event.cause}, and it ${how}`;
        this.current?.session.close(message);
        this.leftovers = [...this.leftovers, ...(this.current?.session.openThreads ?? [])];
        this.current = null;
        listener({ type: 'exited', message: this.diagnosis.with(message) });
        if (!this.handshaken && !event.cause?.includes(STOPPING)) this.diagnose(message);
        return;
      }
      case 'backing_off':
        return listener({ type: 'restarting' });
      case 'restart_limit_exceeded':
        return listener({ type: 'limit_exceeded', message: this.diagnosis.with(event.reason) });
      case 'stopped':
        return listener({ type: 'stopped' });
      case 'startup_passed':
      case 'probe_failed':
      case 'stable':
        return;
    }
  }

  private begin(incarnation: number): void {
    this.unanswered = 0;
    this.mute = 0;
    this.handshaken = false;
    const peer = { write: (line: string) => this.supervisor.write(line) };
    const oddity = this.oddities.ofLife(incarnation);
    this.current = { incarnation, session: new CodexSession(peer, oddity) };
    this.parts.listener({ type: 'launching' });
  }

  /** It ended before its handshake: is it the program that it is taken for? */
  private diagnose(message: string): void {
    void this.diagnosis.look().then((found) => {
      if (!found || this.current !== null) return;
      this.parts.logger.error({ event: 'diagnosis' }, this.diagnosis.with(message));
      this.parts.listener({ type: 'diagnosed', message: this.diagnosis.with(message) });
    });
  }

  private deleteLeftovers(session: CodexSession): void {
    const { leftovers } = this;
    this.leftovers = [];
    for (const id of leftovers) void session.forgetThread(id).catch(() => undefined);
  }

  /** Its end and its termination are told by events of their own; what is left is a child that is alive and mute. */
  private loseReadiness(incarnation: number, message: string): void {
    if (this.supervisor.snapshot().state === 'running') this.endWedged(incarnation, message);
  }

  private endWedged(incarnation: number, message: string): void {
    if (this.sessionOf(incarnation) === undefined) return;
    this.parts.listener({ type: 'wedged', message });
    const graceMs = Math.min(WEDGED_GRACE_MS, this.parts.settings.WORKER_SHUTDOWN_GRACE_MS);
    this.supervisor.restart(`it is wedged: ${message}`, incarnation, graceMs);
  }
}

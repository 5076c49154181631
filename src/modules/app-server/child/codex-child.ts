import type { Environment, Settings } from '../../config/index.js';
import { messageOf, type Redact } from '../../kernel/index.js';
import {
  describeExit,
  Supervisor,
  type ProbeContext,
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
import { SharedPulse } from './shared-pulse.js';

/**
 * Between SIGTERM and SIGKILL of a child that is mute: it has little left to finish. Long enough for the api, which
 * looks every second, to see why.
 */
const WEDGED_GRACE_MS = 3_000;
const STOPPING = 'the worker is shutting down';
/** On top of the deadlines that are kept here, which know better what a late timer means. */
const OUTER_SLACK_MS = 1_000;
const OVER: ProbeOutcome = { outcome: 'error', message: 'its life is over' };

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

interface Life {
  readonly incarnation: number;
  readonly session: CodexSession;
  readonly pulse: SharedPulse;
}

/**
 * The supervised `codex app-server`: one session for each life, a handshake at its start, a pulse while it lives. Both
 * are probes, which answer; what follows is the supervisor's.
 */
export class CodexChild {
  private readonly supervisor: Supervisor;
  private readonly oddities: OddityLog;
  private readonly diagnosis: LaunchDiagnosis;
  private current: Life | null = null;
  private advertised: readonly AdvertisedModel[] = [];
  private handshaken = false;
  /** Threads of lives that ended before they could delete them; they lie on the disk. */
  private leftovers: readonly string[] = [];

  constructor(private readonly parts: CodexChildParts) {
    const { settings, environment, redact, logger } = parts;
    this.oddities = new OddityLog(logger);
    this.diagnosis = new LaunchDiagnosis(settings, environment);
    const pulse = {
      run: ({ incarnation }: ProbeContext) =>
        this.lifeOf(incarnation)?.pulse.outcome() ?? Promise.resolve(OVER),
      timeoutMs: settings.WORKER_PROBE_TIMEOUT_MS + OUTER_SLACK_MS,
      periodMs: settings.WORKER_PROBE_INTERVAL_MS,
      failureThreshold: settings.WORKER_PROBE_FAILURE_THRESHOLD,
    };
    this.supervisor = new Supervisor({
      name: 'codex app-server',
      runtime: new CodexRuntime(settings, environment, redact, (chunk, incarnation) =>
        this.lifeOf(incarnation)?.session.push(chunk),
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
        // A handshake that failed ends the life, so there is no second one in it.
        failureThreshold: 1,
        periodMs: settings.WORKER_STARTUP_TIMEOUT_MS,
      },
      livenessProbe: {
        ...pulse,
        graceMs: Math.min(WEDGED_GRACE_MS, settings.WORKER_SHUTDOWN_GRACE_MS),
      },
      readinessProbe: pulse,
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

  private lifeOf(incarnation: number): Life | undefined {
    return this.current?.incarnation === incarnation ? this.current : undefined;
  }

  private async handshake(incarnation: number): Promise<ProbeOutcome> {
    const life = this.lifeOf(incarnation);
    if (life === undefined) return OVER;
    const { settings, version } = this.parts;
    try {
      const models = await life.session.handshake(version, settings.WORKER_HANDSHAKE_TIMEOUT_MS);
      if (models.length === 0) throw new Error('it advertises no model');
      return { outcome: 'pass', message: `${models.length} models` };
    } catch (error) {
      return { outcome: 'fail', message: `the handshake failed: ${messageOf(error)}` };
    }
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
      case 'startup_passed':
        return this.useHandshake();
      case 'probe_failed': {
        const type = event.probe === 'startup' ? 'handshake_failed' : 'wedged';
        return listener({ type, message: event.reason });
      }
      case 'not_ready':
        // Its end and its termination are told by events of their own; what is left is a child that is alive and mute.
        if (this.supervisor.snapshot().state === 'running')
          listener({ type: 'wedged', message: event.reason });
        return;
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
      // It dies with its supervisor, so it is never resumed.
      case 'resumed':
      case 'stable':
        return;
    }
  }

  private begin(incarnation: number): void {
    this.handshaken = false;
    const peer = { write: (line: string) => this.supervisor.write(line) };
    const session = new CodexSession(peer, this.oddities.ofLife(incarnation));
    const { settings, listener } = this.parts;
    const pulse = new SharedPulse({
      ask: () => session.pulse(settings.WORKER_PROBE_TIMEOUT_MS),
      periodMs: settings.WORKER_PROBE_INTERVAL_MS,
      threshold: settings.WORKER_PROBE_FAILURE_THRESHOLD,
    });
    this.current = { incarnation, session, pulse };
    listener({ type: 'launching' });
  }

  private useHandshake(): void {
    const { session } = this;
    if (session === null) return;
    this.handshaken = true;
    this.advertised = session.models;
    void session.configuredModel();
    this.deleteLeftovers(session);
    this.parts.listener({ type: 'handshake_done', models: session.models.map(({ id }) => id) });
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
}

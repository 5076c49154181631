import { Listeners } from '../kernel/index.js';
import { neverBegan } from './exit.js';
import { FoundRunning } from './pending-running.js';
import type { SupervisionLogger } from './logger.js';
import { DEFAULT_RESTART_POLICY, type RestartPolicy } from './machine/restart.policy.js';
import { resumptionOf } from './machine/resumption.state.js';
import { notReadyReason, snapshotOf, type SupervisorSnapshot } from './machine/snapshot.js';
import { deadline, initialSupervisorState, next } from './machine/supervisor.state.js';
import type {
  Resumption,
  SupervisorEffect,
  SupervisorEvent,
  SupervisorInput,
  SupervisorPolicy,
} from './machine/supervisor.types.js';
import { LifeProbes, type EndingProbe } from './probing/life-probes.js';
import type { SupervisorProbe } from './probing/probe-loop.js';
import type { Identity, OutputLine, Running, Runtime, WriteResult } from './runtime.js';
import { logSupervisorEvent } from './supervisor.log.js';

export interface SupervisorOptions {
  readonly name: string;
  readonly runtime: Runtime;
  readonly logger: SupervisionLogger;
  readonly restart?: Partial<RestartPolicy>;
  /** From the start until the startup probe must have passed; 30 s unless said. */
  readonly startupTimeoutMs?: number;
  /** From SIGTERM to SIGKILL; 5 s unless said. */
  readonly graceMs?: number;
  /**
   * Passes once; until then it is `starting`, nothing else is asked, and past the timeout it is restarted: sooner, when
   * the probe has a threshold of failures.
   */
  readonly startupProbe?: EndingProbe;
  /** Asked beside readiness; a failure restarts it. */
  readonly livenessProbe?: EndingProbe;
  /** Says whether work may come; a failure never restarts it. */
  readonly readinessProbe?: SupervisorProbe;
  /** Its output; logged unless said. */
  readonly onOutput?: (line: OutputLine) => void;
  /** Epoch ms that never goes back. */
  readonly clock?: () => number;
  /** In [0, 1). */
  readonly random?: () => number;
}

const DEFAULT_STARTUP_TIMEOUT_MS = 30_000;
const DEFAULT_GRACE_MS = 5_000;
/** setTimeout's own limit. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** Keeps one thing running: the effects around the machine of `supervisor.state.ts`. */
export class Supervisor {
  readonly name: string;
  private readonly policy: SupervisorPolicy;
  private readonly clock: () => number;
  private readonly random: () => number;
  private readonly listeners = new Listeners<[SupervisorEvent]>((error, event) => {
    this.options.logger.error({ name: this.name, event: event.type, err: error }, 'a listener threw');
  });
  private state = initialSupervisorState();
  private life: { readonly incarnation: number; readonly running: Running } | null = null;
  private readonly probes: LifeProbes;
  private readonly inputs: SupervisorInput[] = [];
  private feeding = false;
  private timer: NodeJS.Timeout | undefined;
  private reason: string | null = 'it has not been started';
  private lastLogLine: string | null = null;

  constructor(private readonly options: SupervisorOptions) {
    this.name = options.name;
    this.clock = options.clock ?? (() => Math.round(performance.timeOrigin + performance.now()));
    this.random = options.random ?? Math.random;
    this.policy = {
      restart: { ...DEFAULT_RESTART_POLICY, ...options.restart },
      startupTimeoutMs: options.startupTimeoutMs ?? DEFAULT_STARTUP_TIMEOUT_MS,
      graceMs: options.graceMs ?? DEFAULT_GRACE_MS,
      awaitsStartup: options.startupProbe !== undefined,
      awaitsReadiness: options.readinessProbe !== undefined,
    };
    this.probes = new LifeProbes(options, {
      feed: (input) => this.feed(input),
      notReady: (message) => (this.reason = message),
      cannotTell: (fields, message) => options.logger.warn({ name: this.name, ...fields }, message),
    });
  }

  /** Starts it, and forgives what it did before. No effect when started. */
  start(): void {
    this.feed({ type: 'start' });
  }

  /**
   * Goes on with what an earlier supervisor left running, as that left it, and forgives nothing. What ended meanwhile is
   * started again as after any death. No effect when started.
   */
  resume(from: Resumption): void {
    this.feed({ type: 'resumed', ...from });
  }

  /** Stops it for good, and resolves when it has ended: with how its last life ended, null when there was none. */
  stop(reason = 'was asked to stop'): Promise<SupervisorSnapshot['lastExit']> {
    return new Promise((resolve) => {
      const off = this.on((event) => {
        if (event.type === 'stopped') finish();
      });
      const finish = (): void => {
        off();
        resolve(this.state.memory.lastExit);
      };
      this.feed({ type: 'stop', reason });
      if (this.state.phase.kind === 'stopped') finish();
    });
  }

  /**
   * Restarts that one life because a person asks for it, and counts it; without effect once it is another or on its way
   * out. What its probes say ends it by itself.
   */
  restart(reason: string, incarnation = this.state.memory.incarnation): void {
    this.feed({ type: 'restart', incarnation, reason });
  }

  /** Writes to the stdin of the current life. */
  write(data: string | Uint8Array): WriteResult {
    return this.life?.running.write(data) ?? { accepted: false, reason: `${this.name} is not running` };
  }

  /** What a later supervisor resumes it from; null when it is not running or dies with this one. */
  resumption(): Resumption | null {
    return resumptionOf(this.state, this.life?.running.identity() ?? null);
  }

  snapshot(): SupervisorSnapshot {
    return snapshotOf(this.state, this.reason, this.lastLogLine);
  }

  /** Tells every event from now on; the answer ends that. */
  on(listener: (event: SupervisorEvent) => void): () => void {
    return this.listeners.add(listener);
  }

  /** One input at a time: what an effect or a listener feeds waits until the effects before it are done. */
  private feed(input: SupervisorInput): void {
    this.inputs.push(input);
    if (this.feeding) return;
    this.feeding = true;
    try {
      for (let one = this.inputs.shift(); one !== undefined; one = this.inputs.shift()) this.advance(one);
    } finally {
      this.feeding = false;
    }
  }

  private advance(input: SupervisorInput): void {
    const now = this.clock();
    const { state, effects } = next(this.state, input, now, this.random(), this.policy);
    this.state = state;
    this.probes.aim(state, now);
    this.aimTimer();
    for (const effect of effects) this.perform(effect);
  }

  private perform(effect: SupervisorEffect): void {
    switch (effect.type) {
      case 'start':
        return this.live(effect.incarnation, (incarnation) =>
          this.options.runtime.start(incarnation, (line) => this.takeLine(line)),
        );
      case 'adopt':
        return this.live(effect.incarnation, () => this.find(effect.identity));
      case 'terminate':
        return this.signal(effect.incarnation, (running) => running.terminate());
      case 'kill':
        return this.signal(effect.incarnation, (running) => running.kill());
      case 'emit':
        return this.publish(effect.event);
      default:
        return unreachable(effect);
    }
  }

  private live(incarnation: number, begin: (incarnation: number) => Running): void {
    try {
      const running = begin(incarnation);
      this.life = { incarnation, running };
      void running.spawned.then((pid) => {
        if (pid !== null) this.feed({ type: 'spawned', incarnation, pid });
      });
      void running.exited.then((exit) => {
        if (this.life?.incarnation === incarnation) this.life = null;
        this.feed({ type: 'died', incarnation, exit });
      });
    } catch (error) {
      this.feed({ type: 'died', incarnation, exit: neverBegan(error) });
    }
  }

  private find(identity: Identity): Running {
    const adopted = this.options.runtime.adopt?.(identity) ?? Promise.resolve(null);
    return new FoundRunning(adopted, identity);
  }

  private signal(incarnation: number, send: (running: Running) => void): void {
    if (this.life?.incarnation !== incarnation) return;
    try {
      send(this.life.running);
    } catch (error) {
      this.options.logger.error(
        { name: this.name, incarnation, err: error },
        `${this.name} cannot be signalled`,
      );
    }
  }

  private aimTimer(): void {
    clearTimeout(this.timer);
    const due = deadline(this.state, this.policy);
    if (due === null) return;
    const delay = Math.min(Math.max(0, due - this.clock()), MAX_TIMER_MS);
    this.timer = setTimeout(() => this.feed({ type: 'tick' }), delay);
  }

  private takeLine(line: OutputLine): void {
    this.lastLogLine = line.line;
    if (this.options.onOutput) this.options.onOutput(line);
    else this.options.logger[line.level]({ name: this.name, ...line }, line.line);
  }

  private publish(event: SupervisorEvent): void {
    this.reason = notReadyReason(event, this.reason);
    logSupervisorEvent(this.options.logger, this.name, event, this.state);
    this.listeners.tell(event);
  }
}

function unreachable(value: never): never {
  throw new Error(`Unhandled case ${JSON.stringify(value)}`);
}

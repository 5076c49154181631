import { join } from 'node:path';
import { CONTAINMENT, type ChildSpec, type Say } from '#devkit';
import {
  ProcessRuntime,
  Supervisor,
  type ProbeOutcome,
  type RestartPolicy,
  type SupervisionLogger,
} from '../modules/supervision/index.js';
import { LogFile } from './log-file.js';
import { noticeOf, type Notice } from './log-line.policy.js';
import type { ProcessRow } from './stack-state.js';
import { StepFailure } from './step-failure.js';
import { waitFor } from './wait-for.js';

export interface MemberOptions {
  readonly name: string;
  /** Where it is reached, without credentials. */
  readonly address: string;
  readonly process: ChildSpec;
  /** Passes once its life has begun in earnest. */
  readonly started: (pid: number | null) => Promise<ProbeOutcome>;
  /** Whether work may come. */
  readonly ready: (pid: number | null) => Promise<ProbeOutcome>;
  readonly restart?: Partial<RestartPolicy>;
  readonly startupTimeoutMs: number;
  /** From the stop signal to the kill, in ms. */
  readonly graceMs: number;
  /** Deaths before the first readiness that end the start of the stack. */
  readonly deathsAtStart: number;
  /** Whether its log is the JSON of ours, whose warnings concern the person at the screen. */
  readonly speaksJson: boolean;
  /** What a person should know of it while all is well. */
  readonly note?: string;
  /** Called when it has ended for good. */
  readonly release?: () => Promise<void>;
}

export interface MemberContext {
  readonly logs: string;
  readonly redact: (text: string) => string;
  readonly notice: (name: string, notice: Notice) => void;
}

const LINES_KEPT = 15;

/** One process of the stack, under its supervisor. It does not outlive the stack, whatever kills that. */
export class Member {
  readonly name: string;
  private readonly supervisor: Supervisor;
  /** Of the present life, or of the last one. */
  private lastLines: string[] = [];
  private stopping = false;
  private readonly log: LogFile;

  constructor(
    private readonly options: MemberOptions,
    private readonly context: MemberContext,
  ) {
    const { name } = options;
    this.name = name;
    this.log = new LogFile(join(context.logs, `${name}.log`), (text) =>
      context.notice('log', { level: 'warn', text }),
    );
    const runtime = new ProcessRuntime(
      { ...options.process, onSupervisorDeath: 'kill', redact: context.redact },
      CONTAINMENT,
    );
    this.supervisor = new Supervisor({
      name,
      runtime,
      logger: this.logger(),
      startupTimeoutMs: options.startupTimeoutMs,
      graceMs: options.graceMs,
      ...(options.restart === undefined ? {} : { restart: options.restart }),
      startupProbe: { run: ({ pid }) => options.started(pid), periodMs: 50, timeoutMs: 3000 },
      readinessProbe: {
        run: ({ pid }) => options.ready(pid),
        periodMs: 250,
        timeoutMs: 3000,
        failureThreshold: 1,
      },
      onOutput: ({ stream, line }) => this.take(stream, line),
    });
    this.supervisor.on(({ type }) => {
      if (type === 'starting') this.lastLines = [];
    });
  }

  start(): void {
    this.log.write(`-- ${new Date().toISOString()} started by the dev stack`);
    this.supervisor.start();
  }

  /** Resolves when its life has begun. Throws `StepFailure` when it dies too often before that. */
  async untilStarted(signal: AbortSignal): Promise<void> {
    await waitFor(() => (this.failIfDying(), this.hasStarted() ? true : undefined), signal, 50);
  }

  /**
   * Resolves when work may come, as `--status` judges it: by its supervisor's readiness probe and nothing else.
   * Throws `StepFailure`, with `hint` as its fix, when that takes longer than `withinMs`.
   */
  async untilReady(withinMs: number, hint: string, say: Say, signal: AbortSignal): Promise<void> {
    await this.untilStarted(signal);
    const deadline = performance.now() + withinMs;
    let said = '';
    await waitFor(
      () => {
        this.failIfDying();
        const { ready, reason } = this.supervisor.snapshot();
        if (ready) return true;
        const why = reason ?? 'its probe says no';
        if (performance.now() > deadline) {
          throw new StepFailure(`${this.name} was not ready within ${withinMs / 1000} s: ${why}`, hint);
        }
        if (said !== why) say((said = why));
        return undefined;
      },
      signal,
      50,
    );
  }

  /** Throws `StepFailure`, with its last lines, when it has died too often since its last sustained health. */
  failIfDying(): void {
    const { consecutiveFailures, lastExit } = this.supervisor.snapshot();
    if (consecutiveFailures < this.options.deathsAtStart) return;
    const how =
      lastExit?.error ?? (lastExit?.signal ? `killed by ${lastExit.signal}` : `exit code ${lastExit?.code}`);
    const times = consecutiveFailures === 1 ? 'ended' : `ended ${consecutiveFailures} times`;
    const cause = lastExit?.cause ? `${lastExit.cause}, ` : '';
    throw new StepFailure(
      `${this.name} ${times} while it started (${cause}${how}). Its last lines:\n${this.tail()}`,
      `The whole log is ${this.log.file}.`,
    );
  }

  async stop(): Promise<void> {
    this.stopping = true;
    await this.supervisor.stop('the dev stack stops');
    await this.options.release?.();
  }

  get isReady(): boolean {
    return this.supervisor.snapshot().ready;
  }

  get pid(): number | null {
    return this.supervisor.snapshot().pid;
  }

  row(): ProcessRow {
    const { state, ready, pid, restartsTotal, reason, nextRestartAt } = this.supervisor.snapshot();
    const shown = {
      stopped: 'stopped',
      starting: 'starting',
      running: ready ? 'ready' : 'not ready',
      stopping: 'stopping',
      backing_off: 'restarting',
      exhausted: 'restarting',
    } as const;
    const inSeconds =
      nextRestartAt === null ? '' : ` in ${Math.max(0, Math.ceil((nextRestartAt - Date.now()) / 1000))} s`;
    return {
      name: this.name,
      state: shown[state],
      pid,
      address: this.options.address,
      restarts: restartsTotal,
      detail:
        nextRestartAt === null
          ? ready
            ? (this.options.note ?? '')
            : (reason ?? '')
          : `comes back${inSeconds}`,
    };
  }

  private get wasReady(): boolean {
    return this.supervisor.snapshot().lastReadyAt !== null;
  }

  private hasStarted(): boolean {
    return this.supervisor.snapshot().state === 'running';
  }

  private tail(): string {
    return this.lastLines.length === 0 ? '  (none)' : this.lastLines.join('\n');
  }

  private take(stream: 'stdout' | 'stderr' | 'supervisor', line: string): void {
    this.log.write(line);
    const notice = this.options.speaksJson ? noticeOf(stream, line) : undefined;
    const said = this.options.speaksJson && line.startsWith('{') ? notice?.text : line;
    if (said !== undefined) this.lastLines.push(`  ${said}`);
    if (this.lastLines.length > LINES_KEPT) this.lastLines.shift();
    // A crash at the start is told with its last lines, once; until then it is tried again.
    const isCrash = stream === 'stderr' && !this.wasReady;
    if (notice !== undefined && !isCrash) this.context.notice(this.name, notice);
  }

  private logger(): SupervisionLogger {
    const say = (level: Notice['level']) => (fields: object, text: string) => {
      this.log.write(`-- ${new Date().toISOString()} ${text}`);
      // Readiness has a line of its own in the live status, and what is stopped on purpose needs no warning.
      const isShown = (fields as { event?: unknown }).event === 'not_ready';
      if (!isShown && !this.stopping) this.context.notice('supervisor', { level, text });
    };
    return {
      info: (_fields, text) => this.log.write(`-- ${new Date().toISOString()} ${text}`),
      warn: say('warn'),
      error: say('error'),
    };
  }
}

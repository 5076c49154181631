import { isAlive } from '../machine/supervisor.moves.state.js';
import type { Phase, SupervisorInput, SupervisorState } from '../machine/supervisor.types.js';
import { ProbeLoop, type ProbeListener, type SupervisorProbe } from './probe-loop.js';
import { firstIn } from './schedule.policy.js';

export interface ProbesOfLife {
  readonly startupProbe?: EndingProbe;
  readonly livenessProbe?: EndingProbe;
  readonly readinessProbe?: SupervisorProbe;
}

/** A probe whose failure ends the life. */
export interface EndingProbe extends SupervisorProbe {
  /** From SIGTERM to SIGKILL then, in ms; the supervisor's own grace unless said. */
  readonly graceMs?: number;
}

export interface LifeProbesListener {
  feed(input: SupervisorInput): void;
  /** What the last probe that did not pass said. */
  notReady(message: string): void;
  cannotTell(fields: object, message: string): void;
}

type Kind = 'startup' | 'liveness' | 'readiness';

/** What is taken for granted until enough outcomes say otherwise. */
const INITIAL = { startup: 'unknown', liveness: 'pass', readiness: 'fail' } as const;

/** Runs the probes that the present phase of the present life asks for. */
export class LifeProbes {
  private readonly loops = new Map<Kind, ProbeLoop>();
  private incarnation = 0;

  constructor(
    private readonly probes: ProbesOfLife,
    private readonly listener: LifeProbesListener,
  ) {}

  /** `now` is of the same clock as the start of the life. */
  aim({ phase, memory: { incarnation } }: SupervisorState, now: number): void {
    const wanted = wantedIn(phase);
    for (const [kind, loop] of this.loops) {
      if (incarnation === this.incarnation && wanted.includes(kind)) continue;
      loop.stop();
      this.loops.delete(kind);
    }
    this.incarnation = incarnation;
    if (!isAlive(phase)) return;
    for (const kind of wanted) {
      const probe = this.probes[`${kind}Probe`];
      if (probe === undefined || this.loops.has(kind)) continue;
      const life = { incarnation, pid: phase.pid };
      const verdict = kind === 'readiness' && isReady(phase) ? 'pass' : INITIAL[kind];
      const from = {
        verdict,
        firstInMs: firstIn(probe.initialDelayMs ?? 0, phase.startedAt, now),
      };
      this.loops.set(
        kind,
        new ProbeLoop(probe, life, from, this.listenerOf(kind, incarnation, verdict === 'pass')),
      );
    }
  }

  private listenerOf(kind: Kind, incarnation: number, passes: boolean): ProbeListener {
    let passing = passes;
    return {
      outcome: ({ outcome, message }) => {
        if (outcome !== 'pass' && !passing) this.listener.notReady(message);
      },
      verdict: (verdict, message) => {
        passing = verdict === 'pass';
        this.judge(kind, incarnation, passing, message);
      },
      cannotTell: (message) =>
        this.listener.cannotTell(
          { incarnation, probe: kind },
          `the ${kind} probe could not tell: ${message}`,
        ),
    };
  }

  private judge(kind: Kind, incarnation: number, passing: boolean, reason: string): void {
    if (kind === 'readiness') {
      this.listener.feed({ type: 'readiness', incarnation, ready: passing, reason });
    } else if (!passing) {
      this.end(kind, incarnation, reason);
    } else if (kind === 'startup') {
      this.listener.feed({ type: 'startup_passed', incarnation });
    }
  }

  private end(probe: 'startup' | 'liveness', incarnation: number, reason: string): void {
    const { graceMs, failureThreshold } = this.probes[`${probe}Probe`] ?? {};
    // Without a threshold it is given all the time that a start may take.
    if (probe === 'startup' && failureThreshold === undefined) return;
    this.listener.feed({ type: 'restart', incarnation, reason, probe, graceMs });
  }
}

/** Nothing but the startup probe is asked before it has passed, and nothing once the life is to end. */
function wantedIn(phase: Phase): readonly Kind[] {
  if (!isAlive(phase) || phase.pid === null) return [];
  return phase.kind === 'running' ? ['liveness', 'readiness'] : ['startup'];
}

/** One that was resumed is what it was until its probe says otherwise. */
function isReady(phase: Phase): boolean {
  return phase.kind === 'running' && phase.readySince !== null;
}

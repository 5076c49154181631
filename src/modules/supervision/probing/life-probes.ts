import type { SupervisorInput, SupervisorState } from '../machine/supervisor.types.js';
import { ProbeLoop, type ProbeListener, type ProbeStart, type SupervisorProbe } from './probe-loop.js';
import { firstIn } from './schedule.policy.js';

export interface LifeProbesListener {
  feed(input: SupervisorInput): void;
  /** What the last probe that did not pass said. */
  notReady(message: string): void;
  cannotTell(fields: object, message: string): void;
}

/** Runs the one probe that the present phase of the present life asks for. */
export class LifeProbes {
  private current: {
    readonly incarnation: number;
    readonly kind: 'startup' | 'readiness';
    readonly loop: ProbeLoop;
  } | null = null;

  constructor(
    private readonly probes: {
      readonly startupProbe?: SupervisorProbe;
      readonly readinessProbe?: SupervisorProbe;
    },
    private readonly listener: LifeProbesListener,
  ) {}

  /** `now` is of the same clock as the start of the life. */
  aim({ phase, memory: { incarnation } }: SupervisorState, now: number): void {
    const alive = (phase.kind === 'starting' || phase.kind === 'running') && phase.pid !== null;
    const kind = phase.kind === 'starting' ? 'startup' : 'readiness';
    if (alive && this.current?.incarnation === incarnation && this.current.kind === kind) return;
    this.current?.loop.stop();
    this.current = null;
    const probe = kind === 'startup' ? this.probes.startupProbe : this.probes.readinessProbe;
    if (!alive || probe === undefined) return;
    const from: ProbeStart = {
      verdict: kind === 'startup' ? 'unknown' : 'fail',
      firstInMs: firstIn(probe.initialDelayMs ?? 0, phase.startedAt, now),
    };
    const loop = new ProbeLoop(
      probe,
      { incarnation, pid: phase.pid },
      from,
      this.listenerOf(kind, incarnation),
    );
    this.current = { incarnation, kind, loop };
  }

  private listenerOf(kind: 'startup' | 'readiness', incarnation: number): ProbeListener {
    let passing = false;
    return {
      outcome: ({ outcome, message }) => {
        if (outcome !== 'pass' && !passing) this.listener.notReady(message);
      },
      verdict: (verdict, message) => {
        passing = verdict === 'pass';
        if (kind === 'readiness') {
          this.listener.feed({ type: 'readiness', incarnation, ready: passing, reason: message });
        } else if (passing) {
          this.listener.feed({ type: 'startup_passed', incarnation });
        }
      },
      cannotTell: (message) =>
        this.listener.cannotTell(
          { incarnation, probe: kind },
          `the ${kind} probe could not tell: ${message}`,
        ),
    };
  }
}

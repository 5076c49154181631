import type { Exit } from '../exit.js';
import type { Identity } from '../runtime.js';
import type { RestartHistory, RestartPolicy } from './restart.policy.js';

export interface SupervisorPolicy {
  readonly restart: RestartPolicy;
  /** From the start until the startup probe must have passed. */
  readonly startupTimeoutMs: number;
  /** From SIGTERM to SIGKILL. */
  readonly graceMs: number;
  /** Without a startup probe a thing has started once it was spawned; without a readiness probe it is ready once started. */
  readonly awaitsStartup: boolean;
  readonly awaitsReadiness: boolean;
}

export interface LastExit extends Exit {
  /** Epoch ms. */
  readonly at: number;
  readonly lastedMs: number;
  /** Why the supervisor ended it; null when it died by itself. */
  readonly cause: string | null;
}

/** What is remembered from one life to the next. Times are epoch ms. */
export interface Memory {
  /** The current or the last life; 0 before the first. */
  readonly incarnation: number;
  readonly restartsTotal: number;
  readonly restarts: RestartHistory;
  readonly lastExit: LastExit | null;
  readonly lastReadyAt: number | null;
  /** From start to the first readiness, of the last life that became ready. */
  readonly startupLatencyMs: number | null;
}

/** A life that goes on without its supervisor, as plain data: a later one resumes it from this. */
export interface Resumption {
  readonly memory: Memory;
  readonly identity: Identity;
  /** Epoch ms. */
  readonly startedAt: number;
  /** Its startup probe has passed. */
  readonly started: boolean;
  readonly ready: boolean;
}

/** One life: its start and, once known, its process id on this machine. */
export interface Life {
  readonly startedAt: number;
  readonly pid: number | null;
}

/**
 * ```
 *            start              spawned, started            readiness
 *  stopped ─────────► starting ─────────────────► running ◄──────────┐
 *     ▲                │  │ timeout, restart       │  │ └────────────┘
 *     │           died │  └──────► stopping ◄──────┘  │ died
 *     │                ▼   died │     restart, stop   │
 *     │ stop   backing_off ◄────┼─────────────────────┘
 *     │◄────── exhausted        │
 *     └─────────────────────────┘ died, when asked to stop
 * ```
 * `resumed` leads from `stopped` to where the life was left, `starting` or `running`.
 * `exhausted` is `backing_off` at the slow pace, once the restart budget is spent.
 */
export type Phase =
  | { readonly kind: 'stopped' }
  | ({ readonly kind: 'starting' } & Life)
  | ({
      readonly kind: 'running';
      /** Epoch ms since when it is ready; null while it is not. */
      readonly readySince: number | null;
    } & Life)
  | ({
      readonly kind: 'stopping';
      /** The first cause of the termination; later ones do not change it. */
      readonly cause: string;
      /** What follows its death. */
      readonly then: 'stop' | 'restart' | 'start';
      /** Epoch ms at which SIGKILL is due; null once it was sent. */
      readonly killAt: number | null;
    } & Life)
  | {
      readonly kind: 'backing_off' | 'exhausted';
      readonly until: number;
      readonly delayMs: number;
      readonly reason: string;
    };

export interface SupervisorState {
  readonly phase: Phase;
  readonly memory: Memory;
}

/** The probes whose failure ends a life. */
export type EndingProbeKind = 'startup' | 'liveness';

/** Everything that is about one life names its incarnation; what comes late is ignored. */
export type SupervisorInput =
  | { readonly type: 'start' }
  | ({ readonly type: 'resumed' } & Resumption)
  | { readonly type: 'stop'; readonly reason: string }
  | { readonly type: 'tick' }
  | { readonly type: 'spawned'; readonly incarnation: number; readonly pid: number | null }
  | { readonly type: 'startup_passed'; readonly incarnation: number }
  | {
      readonly type: 'readiness';
      readonly incarnation: number;
      readonly ready: boolean;
      readonly reason: string;
    }
  | {
      readonly type: 'restart';
      readonly incarnation: number;
      readonly reason: string;
      /** The probe that asks for it; a person, unless said. */
      readonly probe?: EndingProbeKind;
      /** Instead of the grace of the policy. */
      readonly graceMs?: number | undefined;
    }
  | { readonly type: 'died'; readonly incarnation: number; readonly exit: Exit };

/** What is published. `reason` is a sentence for a person. */
export type SupervisorEvent =
  | { readonly type: 'starting'; readonly incarnation: number }
  | { readonly type: 'started'; readonly incarnation: number; readonly pid: number | null }
  | { readonly type: 'startup_passed'; readonly incarnation: number }
  /** It was found again, as an earlier supervisor had left it. */
  | {
      readonly type: 'resumed';
      readonly incarnation: number;
      readonly pid: number | null;
      readonly ready: boolean;
    }
  | { readonly type: 'ready'; readonly incarnation: number; readonly elapsedMs: number }
  | {
      readonly type: 'not_ready';
      readonly incarnation: number;
      readonly reason: string;
      readonly elapsedMs: number;
    }
  | { readonly type: 'stable'; readonly incarnation: number }
  /** Said before the end that it leads to. */
  | {
      readonly type: 'probe_failed';
      readonly incarnation: number;
      readonly probe: EndingProbeKind;
      readonly reason: string;
    }
  | { readonly type: 'stopping'; readonly incarnation: number; readonly cause: string }
  | ({ readonly type: 'exited'; readonly incarnation: number; readonly pid: number | null } & LastExit)
  | {
      readonly type: 'backing_off';
      readonly incarnation: number;
      readonly delayMs: number;
      readonly reason: string;
    }
  | {
      readonly type: 'restart_limit_exceeded';
      readonly incarnation: number;
      readonly delayMs: number;
      readonly reason: string;
    }
  | { readonly type: 'stopped'; readonly incarnation: number };

export type SupervisorEffect =
  | { readonly type: 'start'; readonly incarnation: number }
  | { readonly type: 'adopt'; readonly incarnation: number; readonly identity: Identity }
  | { readonly type: 'terminate'; readonly incarnation: number }
  | { readonly type: 'kill'; readonly incarnation: number }
  | { readonly type: 'emit'; readonly event: SupervisorEvent };

export interface Transition {
  readonly state: SupervisorState;
  readonly effects: readonly SupervisorEffect[];
}

/** What is known of the server's clock. Times are ms; `mono` is a clock of ours that never jumps. */
export interface ServerTime {
  /** Epoch ms of the server at which a command that is sent now arrives, minus ours. */
  readonly offsetMs: number;
  /** This process's wall clock minus the server's. */
  readonly skewMs: number;
}

/** One question for the time and its answer. */
export interface TimeAnswer {
  readonly sentAt: number;
  readonly tookMs: number;
  /** By the wall clock of this process. */
  readonly sentWall: number;
  readonly serverMs: number;
}

/** A heartbeat that was wrong by more is sent again: the server's clock was set, or it is another server. */
const OFF_MS = 100;
/** An answer that took longer says nothing of the wall clock. */
const SKEW_WITHIN_MS = 1000;

/** When a command that is sent now arrives, by the clock of the server. */
export function serverTimeAt({ offsetMs }: ServerTime, mono: number): number {
  return Math.round(mono + offsetMs);
}

/**
 * The server answers when the command arrives, so what it took to arrive is in the offset already; our own clock is
 * compared half the way there and half the way back.
 */
export function serverTimeAfter(before: ServerTime | null, answer: TimeAnswer): ServerTime {
  const { sentAt, tookMs, sentWall, serverMs } = answer;
  return {
    offsetMs: serverMs - sentAt,
    skewMs: tookMs <= SKEW_WITHIN_MS ? Math.round(sentWall + tookMs / 2 - serverMs) : (before?.skewMs ?? 0),
  };
}

/** Whether a heartbeat that was sent by `before` told a wrong time. */
export function wasOff(before: ServerTime, { sentAt, serverMs }: TimeAnswer): boolean {
  return Math.abs(serverTimeAt(before, sentAt) - serverMs) > OFF_MS;
}

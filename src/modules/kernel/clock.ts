/** One instant on both clocks. */
export interface Moment {
  /** Epoch ms, for people. */
  readonly now: number;
  /** Monotonic ms, for validity. */
  readonly mono: number;
}

/** Milliseconds of a clock that never jumps and that all threads of the process share. */
export function monotonic(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

/** The epoch ms, by the clock of now, at which it was so many monotonic ms: for people. */
export function epochOf(mono: number): number {
  return Math.round(Date.now() - (monotonic() - mono));
}

export function moment(): Moment {
  return { now: Date.now(), mono: monotonic() };
}

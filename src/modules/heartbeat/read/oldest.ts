export interface OldestJobs {
  /** Jobs that wait now: candidates, and those of before that still do. */
  readonly ids: readonly string[];
  readonly sample: boolean;
}

/** What was found earlier, and where to look this time, from 0 to 1. */
export interface OldestLook {
  readonly before: readonly string[];
  readonly place: number;
}

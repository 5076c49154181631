/** The one scale of health, mildest first. Combining results takes the worst. */
export const STATUSES = ['pass', 'warn', 'fail'] as const;
export type Status = (typeof STATUSES)[number];

export function isStatus(value: unknown): value is Status {
  return STATUSES.includes(value as Status);
}

export function severity(status: Status): number {
  return STATUSES.indexOf(status);
}

/** The worst of the statuses; `pass` when there is none. */
export function worst(statuses: Iterable<Status>): Status {
  let result: Status = 'pass';
  for (const status of statuses) if (severity(status) > severity(result)) result = status;
  return result;
}

/** What a code always means: its status, its texts, and the headers that belong to it. */
export interface ProblemDefinition {
  readonly status: number;
  readonly title: string;
  /** Said when the occasion has nothing better to say. */
  readonly detail: string;
  /** When to come back, in seconds. The one way to say so. */
  readonly retryAfterS?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

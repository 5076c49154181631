/** Who may come in, how many, and for how long. */
export interface GatewayOptions {
  /** Needed by every request; without one, all are refused in production. */
  readonly apiToken: string | undefined;
  readonly production: boolean;
  readonly maxConcurrency: number;
  readonly requestTimeoutMs: number;
  /** What requests that are under way have left when the worker stops. */
  readonly shutdownGraceMs: number;
  /** Of requests that name none; undefined for that of codex. */
  readonly model: string | undefined;
  readonly sandbox: 'read-only' | 'workspace-write' | 'danger-full-access';
  /** Prompts and answers go to the log. */
  readonly logRequests: boolean;
}

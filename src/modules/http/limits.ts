/** What a server bears from its clients. */
export interface ServerLimits {
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
  /** How long an answer may lie unread before its connection is ended. */
  readonly stalledReaderMs: number;
  readonly maxHeaderBytes: number;
  readonly maxConnections: number;
  /** Connections that may wait to be accepted. */
  readonly backlog: number;
}

/** What one client may cost. The same for every process; a proxy in front may be stricter. */
export const LIMITS: ServerLimits = {
  headersTimeoutMs: 5_000,
  requestTimeoutMs: 10_000,
  keepAliveTimeoutMs: 30_000,
  stalledReaderMs: 10_000,
  maxHeaderBytes: 16 * 1024,
  maxConnections: 10_000,
  // When a balancer comes back, all of its connections come at once; one that is dropped tries again a second later.
  backlog: 4096,
};

export const MAX_BODY_BYTES = 256 * 1024;

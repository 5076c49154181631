/** What a server bears from its clients. */
export interface ServerLimits {
  readonly headersTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly keepAliveTimeoutMs: number;
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
  maxHeaderBytes: 16 * 1024,
  maxConnections: 10_000,
  // When a balancer comes back, all of its connections come at once; one that is dropped tries again a second later.
  backlog: 4096,
};

export const MAX_BODY_BYTES = 256 * 1024;
/** Requests beside the probes that may be under way at once; more are refused, and told to come back. */
export const MAX_CONCURRENT_REQUESTS = 256;

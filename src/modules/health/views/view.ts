import type { Snapshot } from '../board/snapshot.js';

/** What a probe answer is made of, and what it may show. */
export interface ViewContext {
  readonly snapshot: Snapshot;
  readonly audience: Audience;
  readonly verbose: boolean;
  readonly service: ServiceIdentity;
  /** Keys of checks that a platform has elsewhere, and that there are not to be in this application. */
  readonly without?: readonly string[] | undefined;
}

/**
 * How much of the board an endpoint asks, and what decides its status code.
 * - `readyz`: the readiness checks decide, and are shown
 * - `healthz`: the readiness checks decide, everything is shown
 * - `health`: everything decides, and is shown
 */
export type Scope = 'readyz' | 'healthz' | 'health';

/** `operator` sees messages, details, ids, hosts and pids; `public` sees the same shape with public texts. */
export type Audience = 'operator' | 'public';

export interface ServiceIdentity {
  /** Name of the process: `api`, `execution-worker`, ... */
  readonly name: string;
  readonly version: string;
  readonly environment: string;
  /** One life of the process. */
  readonly instanceId: string;
  readonly startedAt: number;
}

/** What the full pictures show of the process itself; sampled, never computed per request. */
export interface ProcessSample {
  readonly cpuUsage: number;
  readonly memoryUsage: Readonly<Record<string, number>>;
  readonly activeConnections: number;
}

export interface View {
  readonly statusCode: number;
  /** An object with `Live` values in it (JSON), or lines of text. */
  readonly body: Readonly<Record<string, unknown>> | string;
}

import type { FactoryProvider, ModuleMetadata } from '@nestjs/common';
import type { Check } from '../modules/health/index.js';

/** One Redis, as BullMQ takes it: `host` and `port`, or Sentinels and the name of what they watch. */
export interface RedisAddress {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly db?: number | undefined;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly family?: number | undefined;
  /** A unix socket, in the place of host and port. */
  readonly path?: string | undefined;
  /** Options of `tls.connect`; `{}` is enough for a server with a certificate that is trusted. */
  readonly tls?: object | undefined;
  readonly sentinels?: readonly { readonly host?: string; readonly port?: number }[] | null | undefined;
  /** What the Sentinels call the primary. */
  readonly name?: string | undefined;
  readonly sentinelUsername?: string | undefined;
  readonly sentinelPassword?: string | undefined;
}

/** A URL, an address, or a client of ioredis, whose address is taken over; the client itself is left alone. */
export type RedisOption = string | RedisAddress | { readonly options: RedisAddress };

/** A registry of prom-client, as far as it is needed. */
export interface MetricsRegistry {
  registerMetric(metric: never): void;
}

/** Which of their paths the probes have; `false` for those that are not to be served. */
export interface ProbePaths {
  /** `/livez`: does the process live; nothing else is asked. */
  readonly livez?: string | false;
  /** `/readyz`, and `/readyz/<check>` with it: should work come here now. */
  readonly readyz?: string | false;
  /** `/healthz`: everything, with the status code of readiness. */
  readonly healthz?: string | false;
  /** `/api/production`: what `ready`, `queue/heartbeat` and `health` stand below. */
  readonly production?: string | false;
}

/** When what is waited for is too long; ms, and numbers of jobs. */
export interface ProbityLimits {
  /** A worker whose heartbeat is older is silent; 30000. */
  readonly heartbeatTimeoutMs?: number;
  /** Jobs wait beside a free worker that takes none; 30000. */
  readonly wedgedAfterMs?: number;
  /** So many jobs that wait are a backlog; 1000. */
  readonly backlogWarn?: number;
  /** A job that waits for longer is late; 60000. */
  readonly maxWaitMs?: number;
  /** A job that runs for longer without progress is stuck; 900000. */
  readonly jobStuckAfterMs?: number;
  /** 0 lets an idle queue have no worker; 1. */
  readonly workersMin?: number;
}

/** What an application is told of, and nothing else is asked, written or served. Options go before the environment. */
export interface ProbityOptions {
  /** Redis of the queues. Without it `REDIS_URL`, or `QUEUE_REDIS_*`. */
  readonly redis?: RedisOption | undefined;
  /**
   * Names of queues of BullMQ, the primary one first, and `*` for every other one of the prefix: those are found, and
   * only looked at. Without them `QUEUE_NAMES`.
   */
  readonly queues?: readonly string[] | undefined;
  /** Of their keys; `bull`. */
  readonly prefix?: string | undefined;
  /**
   * PostgreSQL: the check `database`, and a memory that outlives this process, of the queue's incarnations, of workers
   * and of incidents, once `probity-migrate` has made its tables. With `memory: false` nothing is written there.
   * Without a database there is no memory and no history, and nothing fails for that.
   */
  readonly database?: string | { readonly url: string; readonly memory?: boolean } | undefined;
  /** Further questions; see `fromTerminus`. Providers that are a `@BoardCheck()` are found without being named. */
  readonly checks?: readonly Check[] | undefined;
  /** Where the probes are served, before routers, guards and prefixes of the application; `false` for nowhere. */
  readonly paths?: ProbePaths | false | undefined;
  /**
   * Who sees messages, ids and hosts. Without it: whoever bears `OPS_TOKEN`, if that is set; else everybody, and in
   * production nobody.
   */
  readonly details?: 'open' | 'never' | { readonly bearer: string } | undefined;
  /** `all`: each worker of @nestjs/bullmq in this application gets heartbeats. */
  readonly instrument?: 'all' | undefined;
  /** The registry of prom-client that metrics go to, or `false` for none; without it prom-client's own. */
  readonly metrics?: MetricsRegistry | false | undefined;
  readonly limits?: ProbityLimits | undefined;
  /** Of this process, in its answers; `app`. */
  readonly name?: string | undefined;
  /** Of this application; that of its package.json when npm has started it. */
  readonly version?: string | undefined;
}

/** For options that are known once other providers are there. */
export interface ProbityAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly inject?: NonNullable<FactoryProvider['inject']>;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- as Nest declares what is injected
  readonly useFactory: (...injected: any[]) => ProbityOptions | Promise<ProbityOptions>;
}

/** Refuses what has a name that nobody knows; `within`: the option that holds it. */
export function refuseUnknown(given: object, known: readonly string[], within?: string): void {
  const unknown = Object.keys(given).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  const option = within === undefined ? unknown : `${within}.${unknown}`;
  throw new ProbityOptionsError(option, `is not known; there are ${known.join(', ')}`);
}

/** An option that cannot be used, by its name and with its mend. Its value is never told. */
export class ProbityOptionsError extends Error {
  override readonly name = 'ProbityOptionsError';
  constructor(option: string, why: string) {
    super(`ProbityModule: ${option} ${why}`);
  }
}

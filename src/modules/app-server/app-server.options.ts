import type { RedisTarget } from '../redis/index.js';
import type { CodexChildParts } from './child/codex-child.js';
import type { GatewayOptions } from './gateway/gateway.options.js';

/** Inject with `@Inject(APP_SERVER_OPTIONS) options: AppServerOptions`. */
export const APP_SERVER_OPTIONS = Symbol('APP_SERVER_OPTIONS');

export interface AppServerOptions {
  /** The deployment says that there is one: it has a check. */
  readonly declared: boolean;
  /** Whether this worker has a child. */
  readonly enabled: boolean;
  readonly child: Pick<CodexChildParts, 'settings' | 'environment'>;
  readonly gateway: GatewayOptions;
  /** Where its workers say how they are; null when there is no Redis for it. */
  readonly redis: RedisTarget | null;
  /** What the keys of that begin with. */
  readonly prefix: string;
  /** Of this worker; host and port when it is undefined. */
  readonly workerId: string | undefined;
  readonly port: number;
}

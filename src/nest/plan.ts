import type { DatabaseOptions } from '../modules/database/index.js';
import type { ServiceIdentity } from '../modules/health/index.js';
import type { HeartbeatOptions } from '../modules/heartbeat/index.js';
import type { QueueOptions } from '../modules/queue/index.js';
import type { ProbeTable } from './probe-table.js';

/** What the options come to, in the words of the rooms. */
export interface Plan {
  readonly service: ServiceIdentity;
  readonly queues: QueueOptions;
  readonly heartbeat: HeartbeatOptions;
  readonly database: DatabaseOptions | null;
  /** Who sees details: everybody when it is undefined, nobody when it is null. */
  readonly opsToken: string | null | undefined;
  readonly probes: ProbeTable;
  /** Not to be shown, wherever they turn up. */
  readonly secrets: readonly string[];
  /** What of the environment is in the way, for the log of the application. */
  readonly warnings: readonly string[];
}

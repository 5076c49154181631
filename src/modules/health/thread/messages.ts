import type { CodeDefinition } from '../codes/index.js';
import type { ServerLimits } from '../../http/index.js';
import type { LivenessState } from '../../liveness/index.js';
import type { Snapshot } from '../board/snapshot.js';
import type { ConnectionUse } from '../../resources/index.js';
import type { ProcessSample, ServiceIdentity } from '../views/index.js';

/** What the thread is started with. */
export interface ThreadData {
  readonly host: string;
  readonly port: number;
  readonly service: ServiceIdentity;
  readonly opsToken: string | undefined;
  /** Holds the monotonic ms at which the main loop last ran. */
  readonly heartbeat: SharedArrayBuffer;
  /** How long the main loop may stand still before a restart is the only thing that helps, ms. */
  readonly loopDeadAfterMs: number;
  readonly limits: ServerLimits;
  /** Those of all rooms of the process: the thread loads none of them. */
  readonly codes: ReadonlyMap<string, CodeDefinition>;
}

export type ToThread =
  | {
      readonly kind: 'state';
      readonly snapshot: Snapshot;
      readonly liveness: LivenessState;
      readonly sample: Sample;
    }
  | { readonly kind: 'reply'; readonly id: number; readonly value: Snapshot | MetricsText }
  | { readonly kind: 'close' };

export type FromThread =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'failed'; readonly message: string }
  /** Something that was not foreseen, for the log. */
  | { readonly kind: 'defect'; readonly message: string }
  | { readonly kind: 'connections'; readonly use: ConnectionUse }
  | { readonly kind: 'ask'; readonly id: number; readonly what: 'fresh' | 'metrics' }
  | { readonly kind: 'closed' };

export interface MetricsText {
  readonly contentType: string;
  readonly body: string;
}

export type Sample = Omit<ProcessSample, 'activeConnections'>;

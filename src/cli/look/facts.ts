import type { Forecast } from '../../modules/forecast/index.js';
import type { FailedJob, QueueEvidence } from '../../modules/heartbeat/judge.js';
import type { RedisConfig, RedisInfo } from '../../modules/queue/judge.js';

/** What a look has seen of Redis itself. */
export interface RedisFacts {
  /** Without credentials. */
  readonly address: string;
  /** How many primaries there are, where it is one of a Cluster's: that which is worst off. */
  readonly ofCluster?: number;
  /** Null where Redis refuses INFO. */
  readonly info: RedisInfo | null;
  /** Null where it refuses CONFIG GET. */
  readonly config: RedisConfig | null;
  /** `evicted_keys` when the look began. */
  readonly evictedBefore: number | null;
  /** How long Redis took for each of some questions, ms. */
  readonly tookMs: readonly number[];
  /** When used memory reaches maxmemory; null where there is no limit, or none is told. */
  readonly full: Forecast | null;
}

/** What it has seen of one queue. */
export interface QueueFacts {
  readonly prefix: string;
  readonly name: string;
  /** With the ages of waiting jobs by the clocks of those who added them. */
  readonly evidence: QueueEvidence;
  /** Why it could not be read, in the words of Redis; null when it was. */
  readonly refused: string | null;
  /** How many jobs were seen to end well, and to fail; `more`: only some of those that are kept were seen. */
  readonly done: { readonly completed: number; readonly failed: number; readonly more: boolean };
  /** Between the first and the last reading, ms. */
  readonly overMs: number;
  /** When the jobs that wait are worked off. */
  readonly drained: Forecast;
  /** Null where none is kept, or none was asked for. */
  readonly lastFailed: FailedJob | null;
}

/** How the queues were found. */
export interface Search {
  readonly prefixes: readonly string[];
  /** Nobody named a prefix, and under `bull` there was nothing. */
  readonly guessed: boolean;
  /** False when it ended before all keys were seen. */
  readonly whole: boolean;
  /** Queues that were found and are not looked at. */
  readonly beyond: number;
  /** They were named, and not looked for. */
  readonly named: boolean;
}

export interface LookFacts {
  /** When it ended, epoch ms by the clock of this machine. */
  readonly at: number;
  readonly watchedMs: number;
  readonly redis: RedisFacts;
  readonly queues: readonly QueueFacts[];
  readonly search: Search;
  /** Commands that Redis withholds. */
  readonly withheld: readonly string[];
  /** How many commands were sent. */
  readonly sent: number;
}

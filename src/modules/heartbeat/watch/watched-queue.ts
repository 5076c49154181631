import type { Redis } from 'ioredis';
import { nextAttempts } from '@probity/worker/wire';
import { poisonAmong } from '../assess/deaths.state.js';
import type { QueueEvidence } from '../assess/evidence.js';
import { startWatch, watch, type Watch, type WatchOptions } from '../assess/watch.state.js';
import type { Heartbeat } from '../heartbeat.js';
import { isWatched } from '../read/presence-of-lives.js';
import { QueueReader } from '../read/queue-reader.js';
import type { Life } from '../read/reading.js';
import type { Round } from '../read/round.js';
import { costOf, moves, type Candidate, type Made } from './looks-plan.policy.js';

const SUSPECTS = 10;

export interface WatchedQueueOptions extends WatchOptions {
  /** Else it was found, and is only looked at. */
  readonly named: boolean;
}

/** One queue that is watched, and all that was seen of it. */
export class WatchedQueue {
  readonly named: boolean;
  private readonly reader: QueueReader;
  private state: Watch;
  private readAt = -Infinity;
  private reconnected = false;
  private made: Made = { status: null, awaited: false };

  constructor(
    scope: { readonly prefix: string; readonly queue: string },
    { named, ...options }: WatchedQueueOptions,
  ) {
    this.named = named;
    this.reader = new QueueReader(scope);
    this.state = startWatch(scope.queue, options);
  }

  get evidence(): QueueEvidence {
    return this.state.evidence;
  }

  get candidate(): Candidate {
    const { evidence, readAt, made, named } = this;
    return { queue: evidence.queue, named, readAt, moves: moves(evidence, made), cost: costOf(evidence) };
  }

  /** Whether it has, or may have, nobody who sends heartbeats. */
  get silent(): boolean {
    return this.evidence.workers.every(({ heartbeat }) => heartbeat.state === 'stopped');
  }

  /** Those whose channel tells whether they live, and has not told yet that they are gone. */
  get lives(): readonly Life[] {
    return this.evidence.workers
      .filter(({ heartbeat, goneSince }) => goneSince === null && isWatched(heartbeat))
      .map(({ heartbeat: { id, incarnation } }) => ({ id, incarnation }));
  }

  /** Ms since it was looked at, by the round that was the last one for any queue. */
  ageMs(mono: number): number {
    return Math.max(0, mono - this.readAt);
  }

  /** What was made of it: a queue that is well and still is looked at less often. */
  judged(made: Made): void {
    this.made = made;
  }

  /** Redis could not be asked for a while. */
  missed(): void {
    this.reconnected = true;
  }

  remember(heartbeats: readonly Heartbeat[]): void {
    if (heartbeats.length > 0) this.state = watch(this.state, { kind: 'remembered', heartbeats });
  }

  /** `many`: it is one of so many that less is asked of it while nothing moves. */
  async look(redis: Redis, round: Round, many: boolean, signal: AbortSignal): Promise<void> {
    const { evidence, made } = this;
    const known = evidence.workers.map(({ heartbeat }) => heartbeat).filter(isWatched);
    const reading = await this.reader.read(redis, round, known, {
      suspects: suspectsOf(evidence),
      waited: [...evidence.waitingSeen.keys()],
      quiet: many && !moves(evidence, made),
    });
    if (signal.aborted) return;
    this.state = watch(this.state, { kind: 'reading', reading, reconnected: this.reconnected });
    this.reconnected = false;
    this.readAt = round.mono;
  }
}

function suspectsOf({ deaths }: QueueEvidence): readonly string[] {
  return poisonAmong(deaths)
    .slice(0, SUSPECTS)
    .flatMap(({ jobId }) => [jobId, ...nextAttempts(jobId)]);
}

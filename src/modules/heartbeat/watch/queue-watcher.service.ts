import { Inject, Injectable, Optional, type OnApplicationShutdown } from '@nestjs/common';
import { nextAttempts } from '@probity/worker/wire';
import { Board } from '../../health/index.js';
import { WATCHING, type Watching } from '../../forecast/index.js';
import { monotonic } from '../../kernel/index.js';
import { QUEUE_OPTIONS, type QueueOptions } from '../../queue/index.js';
import { createRedis, WatchConnection } from '../../redis/index.js';
import { poisonAmong } from '../assess/deaths.state.js';
import type { Limits, QueueEvidence } from '../assess/evidence.js';
import { startWatch, watch, type Watch } from '../assess/watch.state.js';
import type { Heartbeat } from '../heartbeat.js';
import { HEARTBEAT_OPTIONS, type HeartbeatOptions } from '../heartbeat.options.js';
import { QueueReader } from '../read/queue-reader.js';

interface Watched {
  readonly reader: QueueReader;
  watch: Watch;
  /** Monotonic ms of its last reading. */
  readAt: number;
}

export const WORKER_CHECK = 'worker';
/** So long what was seen is believed, while no look ends. */
export const BELIEVED_MS = 10_000;

/** Looks at the queues, and remembers what was seen of them and of their workers. */
@Injectable()
export class QueueWatcher implements OnApplicationShutdown {
  readonly limits: Limits;
  private readonly prefix: string;
  private readonly connection: WatchConnection;
  private looked: boolean;
  private readonly queues: ReadonlyMap<string, Watched>;

  constructor(
    @Inject(QUEUE_OPTIONS) { driver, names, prefix, redis }: QueueOptions,
    @Inject(HEARTBEAT_OPTIONS) limits: HeartbeatOptions,
    board: Board,
    @Optional() @Inject(WATCHING) watching?: Watching,
  ) {
    this.limits = limits;
    this.prefix = prefix;
    // In memory there is nothing to look at.
    this.looked = driver === 'inmemory';
    this.connection = new WatchConnection(
      () => createRedis(redis, 'watch', { connectionName: 'probity:check:worker' }),
      () => board.poke(WORKER_CHECK),
    );
    this.queues = new Map(
      names.map((queue) => [
        queue,
        {
          reader: new QueueReader({ prefix, queue }),
          watch: startWatch(queue, { tooMany: limits.backlogWarn, watching }),
          readAt: -Infinity,
        },
      ]),
    );
  }

  /** Whether a look has ended, well or not: before, nothing is known and nothing is wrong. */
  get hasLooked(): boolean {
    return this.looked;
  }

  /** One look at every queue. Rejects with the driver's error; the connection is gone then, as it is on abort. */
  async look(signal: AbortSignal): Promise<void> {
    try {
      await this.lookThrough(signal);
    } finally {
      this.looked = true;
    }
  }

  private async lookThrough(signal: AbortSignal): Promise<void> {
    await this.connection.use(signal, async (redis, reconnected) => {
      await Promise.all(
        [...this.queues.values()].map(async (each) => {
          const mono = monotonic();
          const reading = await each.reader.read(redis, livesOf(each.watch.evidence), mono, {
            suspects: suspectsOf(each.watch.evidence),
            waited: [...each.watch.evidence.waitingSeen.keys()],
          });
          if (signal.aborted) return;
          each.watch = watch(each.watch, { kind: 'reading', reading, reconnected });
          each.readAt = mono;
        }),
      );
    });
  }

  /** Takes in workers that somebody saw before. */
  remember(heartbeats: readonly Heartbeat[]): void {
    for (const [queue, each] of this.queues) {
      const own = heartbeats.filter((one) => one.queue === queue && one.prefix === this.prefix);
      if (own.length > 0) each.watch = watch(each.watch, { kind: 'remembered', heartbeats: own });
    }
  }

  /** What is known, primary queue first. It may be old: see `ageMs`. */
  evidence(): readonly QueueEvidence[] {
    return [...this.queues.values()].map((each) => each.watch.evidence);
  }

  /** Ms since the queues were last looked at; Infinity before the first look. */
  ageMs(): number {
    return monotonic() - Math.min(...[...this.queues.values()].map((each) => each.readAt));
  }

  onApplicationShutdown(): void {
    this.connection.close();
  }
}

const SUSPECTS = 10;

function suspectsOf({ deaths }: QueueEvidence): readonly string[] {
  return poisonAmong(deaths)
    .slice(0, SUSPECTS)
    .flatMap(({ jobId }) => [jobId, ...nextAttempts(jobId)]);
}

function livesOf(evidence: QueueEvidence) {
  return evidence.workers
    .map((each) => each.heartbeat)
    .filter((each) => each.watched && each.state !== 'stopped')
    .map(({ id, incarnation }) => ({ id, incarnation }));
}

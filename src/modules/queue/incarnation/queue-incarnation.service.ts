import { Inject, Injectable } from '@nestjs/common';
import { Listeners, monotonic } from '../../kernel/index.js';
import { primaryQueue } from '../primary-queue.js';
import { QUEUE_OPTIONS, type QueueOptions } from '../queue.options.js';
import { IncarnationRepository } from './incarnation.repository.js';
import type { Loss, Observation } from './incarnation.state.js';
import { KeptIncarnation } from './kept-incarnation.js';

export type LossListener = (loss: Loss) => void;

/** A queue whose data was lost, and nobody has made that good yet. */
export interface QueueLoss {
  readonly queue: string;
  readonly loss: Loss;
}

/**
 * Are they still the same queues? The `queue` check shows it what Redis holds of each that is named; Postgres
 * remembers; whoever puts unfinished work back listens with `onLoss` and says so with `acknowledge`. Until then the
 * queue is not ready. Work is put back into the primary queue alone: a loss of another is told for a while, and then
 * believed.
 */
@Injectable()
export class QueueIncarnation {
  private readonly listeners = new Listeners<[Loss]>();
  private readonly changes = new Listeners();
  private readonly primary: string;
  private readonly kept: ReadonlyMap<string, KeptIncarnation>;

  constructor(
    private readonly repository: IncarnationRepository,
    @Inject(QUEUE_OPTIONS) options: Pick<QueueOptions, 'names' | 'reconciles'>,
  ) {
    this.primary = primaryQueue(options);
    this.kept = new Map(options.names.map((queue) => [queue, this.keep(queue, options)]));
  }

  /** Where what is known outlives this process; null when nowhere. */
  get memory(): 'database' | null {
    return this.repository.remembers ? 'database' : null;
  }

  /** Those that nobody has made good yet, in the order in which the queues are named. */
  get losses(): readonly QueueLoss[] {
    return [...this.kept].flatMap(([queue, { loss }]) => (loss === null ? [] : [{ queue, loss }]));
  }

  /** Called at a loss, and again every few seconds until it is acknowledged. Answers how to stop listening. */
  onLoss(listener: LossListener): () => void {
    const stop = this.listeners.add(listener);
    for (const { loss } of this.losses) listener(loss);
    return stop;
  }

  /** Called when the answer of `losses` changed, or Postgres has told what it remembers. */
  onChange(listener: () => void): () => void {
    return this.changes.add(listener);
  }

  /** Says that the unfinished work is back in the queue. Answers false when there is nothing to acknowledge yet. */
  acknowledge(now = monotonic()): boolean {
    return this.kept.get(this.primary)?.acknowledge(now) ?? false;
  }

  /** Takes in what Redis shows of a queue that is named; true when a new stamp is to be put. Never waits. */
  observe(queue: string, seen: Observation, now = monotonic()): boolean {
    return this.kept.get(queue)?.observe(seen, now) ?? false;
  }

  private keep(queue: string, { reconciles }: Pick<QueueOptions, 'reconciles'>): KeptIncarnation {
    const kept: KeptIncarnation = new KeptIncarnation(this.repository, {
      queue,
      restored: () =>
        queue === this.primary && (this.listeners.size > 0 || (reconciles && kept.postgresAnswers)),
      onLoss: (loss) => this.listeners.tell(loss),
      onChange: () => this.changes.tell(),
    });
    return kept;
  }
}

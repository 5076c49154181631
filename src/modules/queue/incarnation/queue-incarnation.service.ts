import { Inject, Injectable, Logger } from '@nestjs/common';
import { Listeners, monotonic } from '../../kernel/index.js';
import { QUEUE_OPTIONS, type QueueOptions } from '../queue.options.js';
import { IncarnationRepository } from './incarnation.repository.js';
import {
  LEARNING,
  nextIncarnation,
  type Incarnation,
  type IncarnationEffect,
  type IncarnationEvent,
  type IncarnationState,
  type Loss,
  type Observation,
} from './incarnation.state.js';

export type LossListener = (loss: Loss) => void;

const RECALL_EVERY_MS = 1000;
const RAISE_EVERY_MS = 10_000;
const ANNOUNCE_EVERY_MS = 2000;
/** A process without Postgres and without anybody who reconciles believes what it sees after this long. */
const BELIEVE_AFTER_MS = 10_000;

/**
 * Is it still the same queue? The `queue` check shows it what Redis holds; Postgres remembers; whoever puts
 * unfinished work back listens with `onLoss` and says so with `acknowledge`. Until then the queue is not ready.
 */
@Injectable()
export class QueueIncarnation {
  private state: IncarnationState = LEARNING;
  private readonly losses = new Listeners<[Loss]>();
  private readonly changes = new Listeners();
  private readonly logger = new Logger('Queue');
  /** Of the last time that each was begun, monotonic ms. */
  private readonly begun = { recall: -Infinity, raise: -Infinity, announce: -Infinity };
  private readonly unwritten: { incarnation: Incarnation | null } = { incarnation: null };
  private raisedTo = 0;
  private postgresAnswers = true;

  constructor(
    private readonly repository: IncarnationRepository,
    @Inject(QUEUE_OPTIONS) private readonly options: Pick<QueueOptions, 'reconciles'>,
  ) {}

  /** Where what is known outlives this process; null when nowhere. */
  get memory(): 'database' | null {
    return this.repository.remembers ? 'database' : null;
  }

  /** The loss that nobody has made good yet, null while the queue is whole. */
  get loss(): Loss | null {
    return this.state.name === 'lost' ? this.state.loss : null;
  }

  /** Called at a loss, and again every few seconds until it is acknowledged. Answers how to stop listening. */
  onLoss(listener: LossListener): () => void {
    const stop = this.losses.add(listener);
    if (this.loss !== null) listener(this.loss);
    return stop;
  }

  /** Called when the answer of `loss` changed, or Postgres has told what it remembers. */
  onChange(listener: () => void): () => void {
    return this.changes.add(listener);
  }

  /** Says that the unfinished work is back in the queue. Answers false when there is nothing to acknowledge yet. */
  acknowledge(now = monotonic()): boolean {
    const before = this.loss;
    this.dispatch({ kind: 'acknowledged' }, now);
    const made = before !== null && this.loss === null;
    if (made) this.changed();
    return made;
  }

  /** Takes in what Redis shows; true when a new stamp is to be put. Never waits. */
  observe(seen: Observation, now = monotonic()): boolean {
    const effects = this.dispatch({ kind: 'observed', seen }, now);
    const loss = this.loss;
    if (loss !== null) this.remind(loss, now);
    else this.writeBehind(now);
    return effects.some(({ kind }) => kind === 'stamp');
  }

  private dispatch(event: IncarnationEvent, now: number): readonly IncarnationEffect[] {
    const { state, effects } = nextIncarnation(this.state, event, now);
    const was = this.state.name;
    this.state = state;
    if (was === 'lost' && state.name === 'whole') this.logger.log('the queue is whole again');
    for (const effect of effects) this.perform(effect, now);
    return effects;
  }

  private perform(effect: IncarnationEffect, now: number): void {
    switch (effect.kind) {
      case 'stamp':
        return;
      case 'recall':
        if (now - this.begun.recall >= RECALL_EVERY_MS) void this.recall(now);
        return;
      case 'remember':
        this.unwritten.incarnation = effect.incarnation;
        void this.write(now);
        return;
      case 'announce': {
        this.logger.error(lossLine(effect.loss));
        this.begun.announce = -Infinity;
        return;
      }
    }
  }

  private remind(loss: Loss, now: number): void {
    const alone = this.losses.size === 0;
    const nobodyElse = !this.options.reconciles || !this.postgresAnswers;
    if (alone && nobodyElse && now - loss.since >= BELIEVE_AFTER_MS) {
      this.acknowledge(now);
      return;
    }
    if (now - this.begun.announce < ANNOUNCE_EVERY_MS) return;
    this.begun.announce = now;
    this.losses.tell(loss);
  }

  private async recall(now: number): Promise<void> {
    this.begun.recall = now;
    try {
      const memory = await this.repository.recall();
      this.postgresAnswers = true;
      this.dispatch({ kind: 'remembered', memory }, now);
      // What was recalled is held against a look of its own.
      if (this.state.name !== 'whole') this.changed();
    } catch {
      // The database check says so; what is not known stays as it is.
      this.postgresAnswers = false;
    }
  }

  /** Keeps Postgres informed: of what could not be written before, and of the high-water mark. */
  private writeBehind(now: number): void {
    if (now - this.begun.raise < RAISE_EVERY_MS || this.state.name !== 'whole') return;
    this.begun.raise = now;
    if (this.unwritten.incarnation !== null) void this.write(now);
    else if (this.state.known.highWater > this.raisedTo) void this.raise(this.state.known);
  }

  private async write(now: number): Promise<void> {
    const { incarnation } = this.unwritten;
    if (incarnation === null) return;
    this.begun.raise = now;
    try {
      await this.repository.remember(incarnation);
      if (this.unwritten.incarnation === incarnation) this.unwritten.incarnation = null;
      this.raisedTo = incarnation.highWater;
    } catch {
      this.postgresAnswers = false;
    }
  }

  private async raise(known: Incarnation): Promise<void> {
    try {
      await this.repository.raise(known);
      this.raisedTo = known.highWater;
    } catch {
      this.postgresAnswers = false;
    }
  }

  private changed(): void {
    this.changes.tell();
  }
}

function lossLine({ what, before, restarted }: Loss): string {
  const redis = restarted === null ? '' : restarted ? ', Redis was restarted' : ', Redis went on';
  return `the queue has lost data: ${what} (before: stamp ${before.sentinel}, job ${before.highWater}${redis})`;
}

import { Logger } from '@nestjs/common';
import { monotonic } from '../../kernel/index.js';
import type { IncarnationRepository } from './incarnation.repository.js';
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

const RECALL_EVERY_MS = 1000;
const RAISE_EVERY_MS = 10_000;
const ANNOUNCE_EVERY_MS = 2000;
/** Where nobody puts anything back, what is seen is believed after this long. */
const BELIEVE_AFTER_MS = 10_000;

export interface KeptIncarnationOptions {
  readonly queue: string;
  /** Somebody puts back what this queue lost: it stays lost until they say so. */
  readonly restored: () => boolean;
  /** Called at a loss, and again every few seconds until it is acknowledged. */
  readonly onLoss: (loss: Loss) => void;
  /** Called when the answer of `loss` changed, or Postgres has told what it remembers. */
  readonly onChange: () => void;
}

/** Whether one queue is still the same: holds what Redis shows against what was there before, and Postgres remembers. */
export class KeptIncarnation {
  private state: IncarnationState = LEARNING;
  private readonly logger = new Logger('Queue');
  /** Of the last time that each was begun, monotonic ms. */
  private readonly begun = { recall: -Infinity, raise: -Infinity, announce: -Infinity };
  private readonly unwritten: { incarnation: Incarnation | null } = { incarnation: null };
  private raisedTo = 0;
  /** Whether Postgres answered when it was asked last. */
  postgresAnswers = true;

  constructor(
    private readonly repository: IncarnationRepository,
    private readonly options: KeptIncarnationOptions,
  ) {}

  /** The loss that nobody has made good yet, null while the queue is whole. */
  get loss(): Loss | null {
    return this.state.name === 'lost' ? this.state.loss : null;
  }

  /** Says that the unfinished work is back in the queue. Answers false when there is nothing to acknowledge yet. */
  acknowledge(now = monotonic()): boolean {
    const before = this.loss;
    this.dispatch({ kind: 'acknowledged' }, now);
    const made = before !== null && this.loss === null;
    if (made) this.options.onChange();
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
    if (was === 'lost' && state.name === 'whole')
      this.logger.log(`the queue ${this.options.queue} is whole again`);
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
        this.logger.error(lossLine(this.options.queue, effect.loss));
        this.begun.announce = -Infinity;
        return;
      }
    }
  }

  private remind(loss: Loss, now: number): void {
    if (!this.options.restored() && now - loss.since >= BELIEVE_AFTER_MS) {
      this.acknowledge(now);
      return;
    }
    if (now - this.begun.announce < ANNOUNCE_EVERY_MS) return;
    this.begun.announce = now;
    this.options.onLoss(loss);
  }

  private async recall(now: number): Promise<void> {
    this.begun.recall = now;
    try {
      const memory = await this.repository.recall(this.options.queue);
      this.postgresAnswers = true;
      this.dispatch({ kind: 'remembered', memory }, now);
      // What was recalled is held against a look of its own.
      if (this.state.name !== 'whole') this.options.onChange();
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
      await this.repository.remember(this.options.queue, incarnation);
      if (this.unwritten.incarnation === incarnation) this.unwritten.incarnation = null;
      this.raisedTo = incarnation.highWater;
    } catch {
      this.postgresAnswers = false;
    }
  }

  private async raise(known: Incarnation): Promise<void> {
    try {
      await this.repository.raise(this.options.queue, known);
      this.raisedTo = known.highWater;
    } catch {
      this.postgresAnswers = false;
    }
  }
}

function lossLine(queue: string, { what, before, restarted }: Loss): string {
  const redis = restarted === null ? '' : restarted ? ', Redis was restarted' : ', Redis went on';
  return `the queue ${queue} has lost data: ${what} (before: stamp ${before.sentinel}, job ${before.highWater}${redis})`;
}

import type { Transition } from '../health/index.js';

/** A transition as it is written, with an id of its own, so that writing it twice makes one row. */
export interface Incident extends Transition {
  readonly id: string;
}

/** What waits to be written. Bounded: when it is full, the oldest is lost and counted. */
export class IncidentQueue {
  private readonly waiting: Incident[] = [];
  private lostCount = 0;

  constructor(private readonly capacity: number) {}

  get size(): number {
    return this.waiting.length;
  }

  /** How many never found room. */
  get lost(): number {
    return this.lostCount;
  }

  add(incident: Incident): void {
    this.waiting.push(incident);
    if (this.waiting.length <= this.capacity) return;
    this.waiting.shift();
    this.lostCount += 1;
  }

  /** The oldest ones, which stay until they are `written`. */
  next(count: number): readonly Incident[] {
    return this.waiting.slice(0, count);
  }

  written(incidents: readonly Incident[]): void {
    const ids = new Set(incidents.map(({ id }) => id));
    const rest = this.waiting.filter(({ id }) => !ids.has(id));
    this.waiting.splice(0, this.waiting.length, ...rest);
  }
}

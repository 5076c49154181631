/** Kinds of work beside the probes; each has its own slots, so that one kind never closes the process to another. */
export const WORK_SLOTS = {
  read: 256,
  write: 256,
  /** Answers that may be large: few at once, for each is in memory until its client has taken it. */
  document: 16,
  metrics: 8,
  gateway: 128,
} as const;

export type Work = keyof typeof WORK_SLOTS;

/** How long a request waits for a slot before it is told to come back, ms, and how many do. */
const WAIT_MS = 2000;
const MAX_WAITING = 256;

/** Gives each kind of work its slots; whoever finds none waits a moment. */
export class WorkSlots {
  private readonly taken = new Map<Work, number>();
  private readonly waiting = new Map<Work, Set<() => void>>();

  constructor(private readonly limits: Readonly<Record<Work, number>> = WORK_SLOTS) {}

  /** Answers how to give the slot back, or null when there was none in time. */
  take(work: Work): (() => void) | null | Promise<(() => void) | null> {
    if (this.count(work) < this.limits[work]) return this.occupy(work);
    const queue = this.waiting.get(work) ?? new Set();
    this.waiting.set(work, queue);
    if (queue.size >= MAX_WAITING) return null;
    return new Promise((resolve) => {
      const go = () => {
        clearTimeout(timer);
        queue.delete(go);
        resolve(this.occupy(work));
      };
      const timer = setTimeout(() => {
        queue.delete(go);
        resolve(null);
      }, WAIT_MS);
      timer.unref();
      queue.add(go);
    });
  }

  count(work: Work): number {
    return this.taken.get(work) ?? 0;
  }

  private occupy(work: Work): () => void {
    this.taken.set(work, this.count(work) + 1);
    let given = false;
    return () => {
      if (given) return;
      given = true;
      this.taken.set(work, this.count(work) - 1);
      for (const next of this.waiting.get(work) ?? []) return next();
    };
  }
}

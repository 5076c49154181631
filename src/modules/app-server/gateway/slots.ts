/** How many requests are under way, and until when. */
export class Slots {
  private readonly taken = new Set<AbortController>();
  private readonly waiters = new Set<() => void>();

  constructor(private readonly limit: number) {}

  get active(): number {
    return this.taken.size;
  }

  get free(): boolean {
    return this.taken.size < this.limit;
  }

  /** Null when none is free. The signal aborts when the slot is wanted back. */
  take(): { readonly signal: AbortSignal; release(): void } | null {
    if (!this.free) return null;
    const controller = new AbortController();
    this.taken.add(controller);
    return {
      signal: controller.signal,
      release: () => {
        this.taken.delete(controller);
        if (this.taken.size > 0) return;
        for (const waiter of this.waiters) waiter();
        this.waiters.clear();
      },
    };
  }

  /** Resolves when nothing is under way. */
  async idle(): Promise<void> {
    if (this.taken.size === 0) return;
    await new Promise<void>((resolve) => this.waiters.add(resolve));
  }

  abortAll(reason: Error): void {
    for (const controller of this.taken) controller.abort(reason);
  }
}

/** Those who want to hear of something. One that throws keeps nobody else from hearing. */
export class Listeners<Told extends readonly unknown[] = []> {
  private readonly all = new Set<(...told: Told) => void>();

  /** `failed` is given what a listener throws; without it, `tell` throws the first of it once all have heard. */
  constructor(private readonly failed?: (error: unknown, ...told: Told) => void) {}

  get size(): number {
    return this.all.size;
  }

  /** Tells the listener from now on; the answer ends that. */
  add(listener: (...told: Told) => void): () => void {
    this.all.add(listener);
    return () => this.all.delete(listener);
  }

  tell(...told: Told): void {
    const errors: unknown[] = [];
    for (const listener of [...this.all]) {
      try {
        listener(...told);
      } catch (error) {
        if (this.failed === undefined) errors.push(error);
        else this.failed(error, ...told);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}

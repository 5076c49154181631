import { Injectable } from '@nestjs/common';

/** Where those whose real work Redis refused say so; the `queue` check then looks closer, and at once. */
@Injectable()
export class QueueDoubt {
  private readonly listeners = new Set<() => void>();

  raise(): void {
    for (const listener of this.listeners) listener();
  }

  onRaise(listener: () => void): void {
    this.listeners.add(listener);
  }
}

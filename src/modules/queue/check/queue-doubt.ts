import { Injectable } from '@nestjs/common';
import { Listeners } from '../../kernel/index.js';

/** Where those whose real work Redis refused say so; the `queue` check then looks closer, and at once. */
@Injectable()
export class QueueDoubt {
  private readonly listeners = new Listeners();

  raise(): void {
    this.listeners.tell();
  }

  onRaise(listener: () => void): void {
    this.listeners.add(listener);
  }
}

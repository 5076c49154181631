import { neverBegan, type Exit } from '../exit.js';
import type { Identity, Running, WriteResult } from '../runtime.js';

/**
 * A life that begins once something was prepared for it. What cannot be prepared is a life that could not be started,
 * with the reason; one that is to end before that ends at once.
 */
export class DeferredRunning<Prepared> implements Running {
  readonly spawned: Promise<number | null>;
  readonly exited: Promise<Exit>;
  private running: Running | undefined;
  private giveUp!: (reason: Error) => void;

  constructor(prepared: Promise<Prepared>, start: (prepared: Prepared) => Running) {
    const givenUp = new Promise<never>((_, reject) => (this.giveUp = reject));
    const begun = Promise.race([prepared, givenUp]).then((value) => (this.running = start(value)));
    this.spawned = begun.then(
      (running) => running.spawned,
      () => null,
    );
    this.exited = begun.then((running) => running.exited, neverBegan);
    // Settled long after it was given up, it has nobody else who hears of it.
    prepared.catch(() => undefined);
    givenUp.catch(() => undefined);
  }

  terminate(): void {
    if (this.running === undefined) this.giveUp(new Error('it was ended before it began'));
    else this.running.terminate();
  }

  kill(): void {
    if (this.running === undefined) this.giveUp(new Error('it was ended before it began'));
    else this.running.kill();
  }

  write(data: string | Uint8Array): WriteResult {
    return this.running?.write(data) ?? { accepted: false, reason: 'it has not begun yet' };
  }

  identity(): Identity | null {
    return this.running?.identity() ?? null;
  }
}

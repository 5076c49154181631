import { neverBegan, type Exit } from './exit.js';
import type { Identity, Running, WriteResult } from './runtime.js';

const GONE = new Error('it ended while nobody watched it');

/** A life that its runtime looks for. What is asked of it waits until it is found; one that is not found has ended. */
export class FoundRunning implements Running {
  readonly spawned: Promise<number | null>;
  readonly exited: Promise<Exit>;
  private running: Running | null = null;
  private readonly found: Promise<Running>;

  constructor(
    adopted: Promise<Running | null>,
    private readonly from: Identity,
  ) {
    this.found = adopted.then((running) => {
      if (running === null) throw GONE;
      return (this.running = running);
    });
    this.spawned = this.found.then(
      (running) => running.spawned,
      () => null,
    );
    this.exited = this.found.then((running) => running.exited, neverBegan);
  }

  terminate(): void {
    this.ask((running) => running.terminate());
  }

  kill(): void {
    this.ask((running) => running.kill());
  }

  write(data: string | Uint8Array): WriteResult {
    return this.running?.write(data) ?? { accepted: false, reason: 'it has not been found yet' };
  }

  identity(): Identity | null {
    return this.running === null ? this.from : this.running.identity();
  }

  private ask(what: (running: Running) => void): void {
    if (this.running === null) void this.found.then(what).catch(() => undefined);
    else what(this.running);
  }
}

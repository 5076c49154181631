import { neverBegan, type Exit } from './exit.js';
import type { Identity, Running, WriteResult } from './runtime.js';

/** A life that is not there yet: nothing can be written to it, and if none comes of it it has ended. */
abstract class PendingRunning<Awaited> implements Running {
  readonly spawned: Promise<number | null>;
  readonly exited: Promise<Exit>;
  /** The life itself, once it is there. */
  protected running: Running | null = null;
  protected readonly coming: Promise<Running>;

  /** `notYet` is why nothing can be written to it before. */
  protected constructor(
    awaited: Promise<Awaited>,
    lifeOf: (awaited: Awaited) => Running,
    private readonly notYet: string,
  ) {
    // Known in the same turn in which it begins: whoever ends it in between would end nothing.
    this.coming = awaited.then((value) => (this.running = lifeOf(value)));
    this.spawned = this.coming.then(
      (running) => running.spawned,
      () => null,
    );
    this.exited = this.coming.then((running) => running.exited, neverBegan);
  }

  abstract terminate(): void;
  abstract kill(): void;
  abstract identity(): Identity | null;

  write(data: string | Uint8Array): WriteResult {
    return this.running?.write(data) ?? { accepted: false, reason: this.notYet };
  }
}

/**
 * A life that begins once something was prepared for it. What cannot be prepared is a life that could not be started,
 * with the reason; one that is to end before that ends at once.
 */
export class DeferredRunning<Prepared> extends PendingRunning<Prepared> {
  private readonly giveUp: (reason: Error) => void;

  constructor(prepared: Promise<Prepared>, start: (prepared: Prepared) => Running) {
    let giveUp!: (reason: Error) => void;
    const givenUp = new Promise<never>((_, reject) => (giveUp = reject));
    super(Promise.race([prepared, givenUp]), start, 'it has not begun yet');
    this.giveUp = giveUp;
    // Settled long after it was given up, it has nobody else who hears of it.
    prepared.catch(() => undefined);
    givenUp.catch(() => undefined);
  }

  terminate(): void {
    if (this.running === null) this.giveUp(new Error('it was ended before it began'));
    else this.running.terminate();
  }

  kill(): void {
    if (this.running === null) this.giveUp(new Error('it was ended before it began'));
    else this.running.kill();
  }

  identity(): Identity | null {
    return this.running?.identity() ?? null;
  }
}

const GONE = new Error('it ended while nobody watched it');

/** A life that its runtime looks for. What is asked of it waits until it is found; one that is not found has ended. */
export class FoundRunning extends PendingRunning<Running | null> {
  constructor(
    adopted: Promise<Running | null>,
    private readonly from: Identity,
  ) {
    const found = (running: Running | null) => {
      if (running === null) throw GONE;
      return running;
    };
    super(adopted, found, 'it has not been found yet');
  }

  terminate(): void {
    this.ask((running) => running.terminate());
  }

  kill(): void {
    this.ask((running) => running.kill());
  }

  identity(): Identity | null {
    return this.running === null ? this.from : this.running.identity();
  }

  private ask(what: (running: Running) => void): void {
    if (this.running === null) void this.coming.then(what).catch(() => undefined);
    else what(this.running);
  }
}

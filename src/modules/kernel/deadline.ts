import { loopLateness, type LoopLateness } from './loop-lateness.js';

/** The outcome of work that had a deadline. */
export type Outcome<T> =
  | { readonly kind: 'answered'; readonly value: T }
  | { readonly kind: 'threw'; readonly error: unknown }
  | { readonly kind: 'timed-out' };

const LATE_MS = 200;

/**
 * Runs `work` with an abort signal and a hard deadline.
 *
 * A timer that fires late says that the event loop was blocked, not that the answer is missing: timers run
 * before sockets are read. So one poll phase may pass first, and an answer that has arrived is an answer.
 */
export async function withDeadline<T>(
  deadlineMs: number,
  work: (signal: AbortSignal) => PromiseLike<T>,
): Promise<Outcome<T>> {
  return await raced(deadlineMs, work, () => 0);
}

/**
 * The same for a question whose answer is judged: what this process itself was late by is no fault of the other side,
 * and is given on top, up to once the deadline again. `loop` tells how much that is until now.
 */
export async function withOwnTime<T>(
  deadlineMs: number,
  work: (signal: AbortSignal, loop: LoopLateness) => PromiseLike<T>,
): Promise<Outcome<T>> {
  const loop = loopLateness();
  try {
    return await raced(
      deadlineMs,
      (signal) => work(signal, loop),
      () => Math.min(loop.lateMs(), deadlineMs),
    );
  } finally {
    loop.stop();
  }
}

/** `owed`: what is given on top of the deadline, all in all, as it is known now, ms. */
async function raced<T>(
  deadlineMs: number,
  work: (signal: AbortSignal) => PromiseLike<T>,
  owed: () => number,
): Promise<Outcome<T>> {
  const abort = new AbortController();
  const startedAt = performance.now();
  return await new Promise((resolve) => {
    let settled = false;
    let timer: NodeJS.Timeout | undefined;
    const settle = (outcome: Outcome<T>) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      resolve(outcome);
    };
    const giveUp = () => {
      settle({ kind: 'timed-out' });
      abort.abort(new Error(`no answer within ${deadlineMs} ms`));
    };
    const waitUntil = (due: number) => {
      timer = setTimeout(() => {
        const later = startedAt + deadlineMs + owed();
        if (later > due + 1) waitUntil(later);
        else if (performance.now() - due < LATE_MS) giveUp();
        // The first immediate runs right after the poll phase, the second after what it read was handled.
        else setImmediate(() => setImmediate(giveUp));
      }, due - performance.now());
    };
    waitUntil(startedAt + deadlineMs);
    Promise.resolve()
      .then(() => work(abort.signal))
      .then(
        (value) => settle({ kind: 'answered', value }),
        (error: unknown) => settle({ kind: 'threw', error }),
      );
  });
}

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
  const abort = new AbortController();
  const due = performance.now() + deadlineMs;
  return await new Promise((resolve) => {
    let settled = false;
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
    const timer = setTimeout(() => {
      const late = performance.now() - due;
      if (late < LATE_MS) giveUp();
      // The first immediate runs right after the poll phase, the second after what it read was handled.
      else setImmediate(() => setImmediate(giveUp));
    }, deadlineMs);
    Promise.resolve()
      .then(() => work(abort.signal))
      .then(
        (value) => settle({ kind: 'answered', value }),
        (error: unknown) => settle({ kind: 'threw', error }),
      );
  });
}

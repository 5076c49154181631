/**
 * Runs `work` every so often, until the answer is called. A run that throws or rejects is told of, once in a row,
 * and ends neither the process nor the runs after it. It keeps no process from ending by itself.
 */
export function every(
  intervalMs: number,
  work: () => unknown,
  failed: (error: unknown) => void = warn,
): () => void {
  let failing = false;
  const fail = (error: unknown): void => {
    if (!failing) failed(error);
    failing = true;
  };
  const once = async (): Promise<void> => {
    try {
      await work();
      failing = false;
    } catch (error) {
      fail(error);
    }
  };
  const timer = setInterval(() => void once(), intervalMs);
  timer.unref();
  return () => clearInterval(timer);
}

function warn(error: unknown): void {
  process.emitWarning(`something that is done again and again failed: ${String(error)}`);
}

import type { Screen } from './status/screen.js';

/** npm passes a Ctrl-C on to what the terminal has told already: both are one wish. */
const ONE_WISH_MS = 500;

/** Aborted by the first SIGINT, SIGTERM or SIGHUP. A second wish ends this process, and with it every other, at once. */
export function onStopSignals(screen: Screen): AbortSignal {
  const controller = new AbortController();
  let firstAt: number | undefined;
  const stop = (signal: NodeJS.Signals): void => {
    if (firstAt === undefined) {
      firstAt = performance.now();
      screen.show([]);
      screen.say(
        `\n${signal === 'SIGINT' ? 'Ctrl-C' : signal}: draining; once more kills everything at once`,
      );
      return controller.abort(new Error(signal));
    }
    if (performance.now() - firstAt < ONE_WISH_MS) return;
    // The children end with this process: their guards see to it.
    process.exit(signal === 'SIGINT' ? 130 : 143);
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  process.on('SIGHUP', stop);
  return controller.signal;
}

type Hear = (signal: NodeJS.Signals) => void;

/** As long as nothing runs, nothing has to be finished. */
let hear: Hear = () => process.exit(0);

for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => hear(signal));

/**
 * Has signals heard by somebody else from now on. This file is imported before anything else: a process that is
 * asked to stop while it still loads its modules ends well, as it does at any other time.
 */
export function hearStopSignals(next: Hear): void {
  hear = next;
}

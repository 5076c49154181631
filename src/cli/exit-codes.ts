import type { Status } from '../modules/health/observe.js';

/** What every verb ends with: the codes of Nagios plugins, of sysexits.h and of shells. */
export const EXIT = { pass: 0, warn: 1, fail: 2, nobodyAnswered: 3, misuse: 64, interrupted: 130 } as const;

export function exitCodeOf(status: Status): number {
  return EXIT[status];
}

/** Ends the command with one line on stderr. */
export class CliError extends Error {
  override readonly name = 'CliError';
  constructor(
    message: string,
    readonly exitCode: number,
  ) {
    super(message);
  }
}

/** What was asked for cannot be meant: the message names the option and says how to write it. */
export class MisuseError extends CliError {
  constructor(message: string) {
    super(message, EXIT.misuse);
  }
}

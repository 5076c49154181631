import type { ParsedSettings, SettingName } from './settings.schema.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** One setting that is missing or wrong. Never holds the value: it may be a secret typed into the wrong place. */
export interface SettingProblem {
  readonly name: SettingName | '.env';
  /** `weak-token`: it protects, but badly, or nobody can show it. */
  readonly kind: 'invalid' | 'missing' | 'weak' | 'weak-token';
  readonly message: string;
}

export interface Settings extends Omit<ParsedSettings, 'QUEUE_DRIVER'> {
  /**
   * `unusable`: settings of the queue are there and cannot be used, so there is none: nothing is connected to, and
   * nothing stands in for it.
   */
  readonly QUEUE_DRIVER: ParsedSettings['QUEUE_DRIVER'] | 'unusable';
  /** Closed by default: everything but `NODE_ENV=development` and `test` is production, absence too. */
  readonly production: boolean;
  readonly host: string;
  readonly drainDelayMs: number;
}

/** What the environment says, parsed once: the settings, what is wrong with them, and what must never be shown. */
export interface Configuration {
  readonly settings: Settings;
  readonly problems: readonly SettingProblem[];
  /** Those that make the queue `unusable`. */
  readonly queueProblems: readonly SettingProblem[];
  readonly secrets: readonly string[];
  /** All that it said: what is not ours is for children, for the process's own is emptied (see `takeEnvironment`). */
  readonly environment: Environment;
}

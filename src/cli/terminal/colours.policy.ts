/** What is known of a stream and of the wishes of whoever reads it. */
export interface ColourFacts {
  readonly isTerminal: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** False with --no-color. */
  readonly flag: boolean;
}

/** Whether it is coloured: the flag, then NO_COLOR, then FORCE_COLOR (no-color.org), then whether it is a terminal. */
export function isColoured({ isTerminal, env, flag }: ColourFacts): boolean {
  if (!flag || (env['NO_COLOR'] ?? '') !== '') return false;
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  return isTerminal && env['TERM'] !== 'dumb';
}

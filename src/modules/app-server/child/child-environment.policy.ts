/** Settings of ours that the child may need as well. */
const SHARED = new Set(['CODEX_HOME', 'OPENAI_API_KEY', 'OPENAI_BASE_URL', 'NODE_ENV']);

/**
 * What the child inherits: the environment without Probity's own settings. A model that runs commands could
 * print whatever its process was given.
 */
export function childEnvironment(
  environment: Readonly<Record<string, string | undefined>>,
  ownSettings: ReadonlySet<string>,
): Record<string, string> {
  const inherited = Object.entries(environment).filter(
    (entry): entry is [string, string] =>
      entry[1] !== undefined && (SHARED.has(entry[0]) || !ownSettings.has(entry[0])),
  );
  // Its log lines are read by machines.
  return { ...Object.fromEntries(inherited), NO_COLOR: '1' };
}

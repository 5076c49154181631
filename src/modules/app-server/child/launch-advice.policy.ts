const RIGHT = 'codex app-server';

/**
 * What the `--help` of a command that does not start says of it; null when it is what it should be, or shows no usage
 * at all. `codex` without its subcommand, or with a word that it takes for a prompt, opens a screen for a person.
 */
export function adviceFromHelp(help: string, command: string): string | null {
  const usage = /^[ \t]*usage:[ \t]*(.*(?:\n[ \t]+\S.*)?)/im.exec(help)?.[1];
  if (usage === undefined || /\bapp-server\b/.test(usage)) return null;
  const set = `set APP_SERVER_COMMAND to a command such as "${RIGHT}"`;
  return /^\s*app-server\b/m.test(help)
    ? `APP_SERVER_COMMAND (${command}) does not name the subcommand app-server, and so starts something else; ${set}`
    : `APP_SERVER_COMMAND (${command}) starts a program that knows no app-server, or one that is too old; ${set}`;
}

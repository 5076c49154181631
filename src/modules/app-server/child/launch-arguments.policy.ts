import { messageOf } from '../../kernel/index.js';
import { shellWords } from './shell-words.policy.js';

export interface LaunchSettings {
  readonly APP_SERVER_COMMAND: string;
  readonly APP_SERVER_MODEL?: string | undefined;
  readonly APP_SERVER_PROVIDER?: string | undefined;
  readonly APP_SERVER_SANDBOX: string;
}

/** The program and its arguments. Throws, naming the setting, when the command cannot be split. */
export function launchArguments(settings: LaunchSettings): {
  readonly command: string;
  readonly args: readonly string[];
} {
  const [command, ...args] = words(settings.APP_SERVER_COMMAND);
  if (command === undefined || command === '') {
    throw new Error('APP_SERVER_COMMAND names no program; set it to a command such as "codex app-server"');
  }
  return { command, args: [...args, ...overrides(settings)] };
}

/** What the settings say wins over the configuration file of codex. Values are TOML, of which JSON strings are part. */
function overrides(settings: LaunchSettings): readonly string[] {
  const values: readonly (readonly [string, string | undefined])[] = [
    ['model', settings.APP_SERVER_MODEL],
    ['model_provider', settings.APP_SERVER_PROVIDER],
    ['sandbox_mode', settings.APP_SERVER_SANDBOX],
    ['approval_policy', 'never'],
    ['history.persistence', 'none'],
    ['shell_environment_policy.inherit', 'core'],
  ];
  return values.flatMap(([key, value]) =>
    value === undefined ? [] : ['-c', `${key}=${JSON.stringify(value)}`],
  );
}

function words(line: string): readonly string[] {
  try {
    return shellWords(line);
  } catch (error) {
    const why = messageOf(error);
    throw new Error(`APP_SERVER_COMMAND cannot be split into words: ${why}`, { cause: error });
  }
}

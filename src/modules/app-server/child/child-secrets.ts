import { isHiddenAlone, looksRandom, namesSecret, passwordsIn, secretValues } from '../../kernel/index.js';

/** What the child was given and must not show: values by name, by what they look like, and those that codex names. */
export function secretsGiven(
  environment: Readonly<Record<string, string | undefined>>,
  named: ReadonlySet<string> = new Set(),
): readonly string[] {
  return Object.entries(environment).flatMap(([name, value = '']) => {
    if (named.has(name) && value.length >= 4) return [value];
    const known = secretValues(name, value);
    if (known.length > 0) return known;
    return !HARMLESS.test(name) && !/^[./~]/.test(value) && looksRandom(value) ? [value] : [];
  });
}

const HARMLESS = /^(?:PATH|HOME|PWD|OLDPWD|HOSTNAME|CODEX_HOME|TMPDIR|LS_COLORS|INVOCATION_ID|NODE_OPTIONS)$/;

/** Every text of codex's `auth.json` that is no date: keys, tokens, ids of accounts. */
export function secretsOfAuth(json: unknown): readonly string[] {
  if (typeof json === 'string') return json.length >= 8 && !/\s|^\d{4}-\d\d-\d\dT/.test(json) ? [json] : [];
  if (typeof json !== 'object' || json === null) return [];
  return Object.values(json).flatMap((value) => secretsOfAuth(value));
}

const PAIR = /(["'\w.-]{1,128})\s{0,16}=\s{0,16}(?:"((?:[^"\\\n]|\\.){1,4096})"|'([^'\n]{1,4096})')/g;

export interface ConfigSecrets {
  readonly values: readonly string[];
  /** Variables of the environment that hold secrets, whatever they are called. */
  readonly variables: readonly string[];
}

/** What `config.toml` holds of secrets, and which variables it says hold one (`env_key = "..."`). */
export function secretsOfConfig(toml: string): ConfigSecrets {
  const values: string[] = [];
  const passwords: string[] = [];
  const variables: string[] = [];
  let headers: 'no' | 'values' | 'variables' = 'no';
  for (const line of toml.split('\n')) {
    if (/^\s*\[/.test(line)) headers = headersOf(line);
    const inline = headersOf(line);
    const kind = inline === 'no' ? headers : inline;
    for (const [, rawName = '', double, single] of line.matchAll(PAIR)) {
      const name = rawName.replace(/["']/g, '');
      const value = double ?? single ?? '';
      if (kind === 'variables' || /^(?:env_key|\w*env_var)$/.test(name)) variables.push(value);
      else if (kind === 'values' || namesSecret(name) || looksRandom(value)) values.push(value);
      passwords.push(...passwordsIn(value).filter(isHiddenAlone));
    }
  }
  return { values: [...values.filter((value) => value.length >= 8), ...passwords], variables };
}

function headersOf(line: string): 'no' | 'values' | 'variables' {
  if (/env_http_headers/.test(line)) return 'variables';
  return /http_headers|query_params/.test(line) ? 'values' : 'no';
}

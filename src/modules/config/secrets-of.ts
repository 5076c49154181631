import { secretsByName } from '../kernel/index.js';
import type { Environment } from './configuration.js';
import { SECRET_SETTINGS, type SettingName } from './settings.schema.js';

const URLS_WITH_CREDENTIALS = [
  'DATABASE_URL',
  'REDIS_URL',
  'OPENAI_BASE_URL',
  'ANTHROPIC_BASE_URL',
  'LITELLM_BASE_URL',
  'EVM_RPC_URL',
] as const satisfies readonly SettingName[];

/** Reads the raw environment, not the parsed settings: a value too broken to parse may still hold a secret. */
export function secretsOf(environment: Environment): readonly string[] {
  const secrets = new Set<string>();
  const add = (value: string | undefined) => {
    // Redacting a very short word would eat ordinary text and hide nothing.
    if (value !== undefined && value.length >= 4) secrets.add(value);
  };
  for (const name of SECRET_SETTINGS) add(environment[name]?.trim());
  // Whatever else the platform was given: drivers read names of their own, and a child may be given all of it.
  secretsByName(environment).forEach(add);
  for (const name of URLS_WITH_CREDENTIALS) {
    const value = environment[name]?.trim();
    if (value === undefined) continue;
    for (const password of passwordsIn(value)) {
      add(value);
      add(password);
      add(safeDecode(password));
    }
    for (const [, password = ''] of value.matchAll(/[?&](?:password|pass|auth)=([^&#]*)/gi)) {
      add(value);
      add(password);
      add(safeDecode(password));
    }
    // Keys of RPC providers travel in the path or the query.
    if (name === 'EVM_RPC_URL' && URL.canParse(value)) {
      const { pathname, search } = new URL(value);
      if (pathname.length + search.length > 8) add(`${pathname}${search}`);
    }
  }
  // Longest first, so that a secret that contains another is replaced whole.
  return Object.freeze([...secrets].sort((a, b) => b.length - a.length));
}

/** Where people leave `@` or `/` in a password unencoded, it is anyone's guess where it ends: take every one. */
function passwordsIn(url: string): readonly string[] {
  const ends = [
    /^[^:/]+:\/\/[^:/?#@]*:([^@/?#]*)@/,
    /^[^:/]+:\/\/[^:/?#@]*:([^/?#]*)@/,
    /^[^:/]+:\/\/[^:/?#@]*:(.*)@/,
  ];
  return ends.flatMap((end) => end.exec(url)?.[1] ?? []).filter((password) => password !== '');
}

function safeDecode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

import { isHiddenAlone, secretsByName } from '../kernel/index.js';
import type { Environment } from './configuration.js';
import { SECRET_SETTINGS } from './settings.schema.js';

/** Reads the raw environment, not the parsed settings: a value too broken to parse may still hold a secret. */
export function secretsOf(environment: Environment): readonly string[] {
  const secrets = new Set<string>();
  const add = (value: string | undefined) => {
    if (value !== undefined && isHiddenAlone(value)) secrets.add(value);
  };
  for (const name of SECRET_SETTINGS) add(environment[name]?.trim());
  // Whatever else the platform was given, and every address with a password in it: drivers read names of their own, and a child may be given all of it.
  secretsByName(environment).forEach(add);
  // Keys of RPC providers travel in the path or the query.
  const rpc = environment['EVM_RPC_URL']?.trim() ?? '';
  if (URL.canParse(rpc)) {
    const { pathname, search } = new URL(rpc);
    if (pathname.length + search.length > 8) add(`${pathname}${search}`);
  }
  // Longest first, so that a secret that contains another is replaced whole.
  return Object.freeze([...secrets].sort((a, b) => b.length - a.length));
}

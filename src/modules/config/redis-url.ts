import { isIP } from 'node:net';

// What an address of Redis may be: for the settings, and for whoever is given one by hand. What cannot be understood is
// told with its mend, and never shown.

const HOST_NAME = /^[A-Za-z0-9_]([A-Za-z0-9._-]*[A-Za-z0-9_])?\.?$/;
const REDIS_SCHEME = /^(redis|rediss|valkey|valkeys):\/\//i;
const QUOTED = /^(["'`]).*\1$/s;

export const QUOTES_KEPT = 'must be written without the quotes around it, which an env-file keeps';

export const isQuoted = (value: string) => QUOTED.test(value);

/** A host name, or an IP address; IPv6 with brackets or without. */
export function isHost(value: string): boolean {
  const bare = /^\[(.*)\]$/.exec(value)?.[1];
  return bare === undefined ? isIP(value) !== 0 || HOST_NAME.test(value) : isIP(bare) === 6;
}

/** `host:port` as it is written for several of them; IPv6 in brackets. */
export function splitHostAndPort(text: string): { readonly host: string; readonly port: number } | undefined {
  const [, name = '', digits] = /^(\[[^\]]*\]|[^\s:]+):(\d{1,5})$/.exec(text) ?? [];
  const port = Number(digits);
  if (!isHost(name) || !(port >= 1 && port <= 65_535)) return undefined;
  return { host: name.replace(/^\[|\]$/g, ''), port };
}

/** What is wrong with it, and how to write it; undefined when nothing is. */
export function whyNotRedisUrl(value: string): string | undefined {
  if (isQuoted(value)) return QUOTES_KEPT;
  if (/[\s\p{Cc}]/u.test(value)) return 'must hold no blanks: write a blank in the password as %20';
  const scheme = REDIS_SCHEME.exec(value)?.[0];
  if (scheme === undefined) {
    return 'must start with redis:// or valkey://, or for TLS with rediss:// or valkeys://';
  }
  const rest = value.slice(scheme.length);
  const at = rest.lastIndexOf('@');
  if (/[/?#@]/.test(rest.slice(0, Math.max(0, at)))) {
    return 'must have the special characters of its user and password escaped: / as %2F, # as %23, ? as %3F, @ as %40';
  }
  if (rest.slice(at + 1).includes(','))
    return 'must name one host; several Sentinels go to QUEUE_REDIS_SENTINELS';
  const url = parsedRedisUrl(value);
  if (url === undefined) return 'must be redis://user:password@host:port/database, with IPv6 in brackets';
  if (!isHost(url.hostname)) return 'must name a host: redis://user:password@host:port/database';
  if (url.port === '0') return 'must have a port from 1 to 65535';
  if (url.hash !== '') return 'must hold no #: write # in the password as %23, and the database as /0';
  const credentials = ['password', 'username', 'user', 'pass', 'auth'].find((name) =>
    url.searchParams.has(name),
  );
  if (credentials !== undefined) {
    return `must be redis://user:password@host:port/database: credentials stand before the host, not in a parameter (${credentials})`;
  }
  if ([...url.searchParams.keys()].some((name) => name !== 'db' && name !== 'family')) {
    return 'must have no parameters but ?db= and ?family=: others are not understood';
  }
  return whyNotDatabase(url);
}

function whyNotDatabase({ pathname, searchParams }: URL): string | undefined {
  const path = pathname.replace(/^\//, '');
  const database = path === '' ? (searchParams.get('db') ?? '0') : path;
  const twice = path !== '' && searchParams.has('db') && searchParams.get('db') !== path;
  if (twice || !/^\d{1,4}$/.test(database)) return 'must end with the number of one database, such as /0';
  return /^[046]$/.test(searchParams.get('family') ?? '0') ? undefined : 'must have 0, 4 or 6 as ?family=';
}

/** Valkey's schemes mean the same as those of Redis. */
export function parsedRedisUrl(value: string): URL | undefined {
  const known = value.replace(/^valkey(s?):/i, 'redis$1:');
  return URL.canParse(known) ? new URL(known) : undefined;
}

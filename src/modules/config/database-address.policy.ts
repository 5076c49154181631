/** Where a database is and who asks it, every part as the URL itself names it. */
export interface DatabaseAddress {
  /** A name, an IP address, or the folder of a socket. */
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string | undefined;
  readonly database: string;
  /** For a proxy that routes by them; never settings of the session. */
  readonly options: string | undefined;
}

export type AddressRead =
  | { readonly kind: 'complete'; readonly address: DatabaseAddress }
  /** `why` completes a sentence that begins with the name of the setting. It holds no part of the value. */
  | { readonly kind: 'unusable'; readonly why: string };

export const DATABASE_URL_SHAPE = 'postgres://user:password@host:port/database';

const DEFAULT_PORT = 5432;
const URL_PARTS =
  /^postgres(?:ql)?:\/\/(?<authority>[^/?#]*)(?<path>[^?#]*)(?:\?(?<query>[^#]*))?(?<fragment>#.*)?$/is;
const HOST_AND_PORT = /^(?:\[(?<v6>[^\]]*)\]|(?<name>[^:]*))(?::(?<port>.*))?$/s;
const IPV6 = /^[0-9a-f]*:[0-9a-f:.]+(%[\w.-]+)?$/i;
const HOST_NAME = /^[^\s,:/?#@[\]\\"'<>^`{|}%]+$/;
const SSL_MODES = ['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full', 'no-verify'];
/** What a driver or libpq would send as state of the session, which leaks to others through a pooler. */
const SESSION_PARAMETERS = [
  'statement_timeout',
  'lock_timeout',
  'idle_in_transaction_session_timeout',
  'replication',
];
/** Each of them names tables elsewhere than where ours are looked for. */
const SCHEMA_PARAMETERS = ['schema', 'search_path', 'currentSchema'];
const FILES = ['service', 'servicefile', 'passfile'];

/**
 * Whether a URL says by itself which database is meant, and as whom. Drivers complete what is missing from
 * PGHOST, PGUSER, ~/.pgpass and the like, and so reach somebody else's; only the port has a default, its usual one.
 */
export function readDatabaseAddress(url: string): AddressRead {
  const { authority, path, query = '', fragment } = URL_PARTS.exec(url)?.groups ?? {};
  if (authority === undefined || path === undefined) return unusable(`must be ${DATABASE_URL_SHAPE}`);
  if (!authority.includes('@') && url.slice(authority.length).includes('@', 'postgres://'.length)) {
    return unusable(
      'must have the user and password before its host; a / ? or # in them is written %2F %3F %23',
    );
  }
  if (fragment !== undefined) return unusable('must not contain a #; inside a name or password write %23');
  const at = authority.lastIndexOf('@');
  const [, userPart = '', passwordPart = ''] =
    /^([^:]*):?(.*)$/s.exec(authority.slice(0, Math.max(0, at))) ?? [];
  const server = HOST_AND_PORT.exec(authority.slice(at + 1))?.groups;
  if (server === undefined) return unusable(`must name one host and one port: ${DATABASE_URL_SHAPE}`);
  const database = path.slice(1);
  if (/[@/]/.test(database)) {
    return unusable(
      'must name one database after its host; a / or @ inside a name or password is written %2F %40',
    );
  }
  const parameters = new URLSearchParams(query);
  const parts = {
    host: namedOnce(decoded(server['v6'] ?? server['name']), parameters.getAll('host')),
    port: namedOnce(decoded(server['port']), parameters.getAll('port')),
    user: namedOnce(decoded(userPart), parameters.getAll('user')),
    password: namedOnce(decoded(passwordPart), parameters.getAll('password')),
    database: namedOnce(decoded(database), [
      ...parameters.getAll('dbname'),
      ...parameters.getAll('database'),
    ]),
  };
  return troubleWith(parameters) ?? addressOf(parts, parameters.get('options') || undefined);
}

/** The address for people, without the credentials. */
export function describeDatabase({ host, port, database }: DatabaseAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}/${database}`;
}

type PartName = 'host' | 'port' | 'user' | 'password' | 'database';
type Part =
  | { readonly kind: 'named'; readonly value: string }
  | { readonly kind: 'absent' }
  /** In two ways, which differ. */
  | { readonly kind: 'twice' }
  /** Encoded as nothing that is text. */
  | { readonly kind: 'broken' };

function addressOf(parts: Readonly<Record<PartName, Part>>, options: string | undefined): AddressRead {
  const named: Partial<Record<PartName, string>> = {};
  for (const [name, part] of Object.entries(parts) as [PartName, Part][]) {
    if (part.kind === 'twice') return unusable(`must name one ${name}, not two`);
    if (part.kind === 'broken' || (part.kind === 'named' && /\p{Cc}/u.test(part.value))) {
      return unusable(`must have a ${name} whose special characters are percent-encoded as UTF-8`);
    }
    if (part.kind === 'named') named[name] = part.value;
  }
  const { host, port, user, password, database } = named;
  if (host === undefined || user === undefined || database === undefined) {
    const missing = Object.entries({ host, user, database }).flatMap(([name, value]) =>
      value === undefined ? [name] : [],
    );
    return unusable(
      `must name its ${missing.join(' and ')}: ${DATABASE_URL_SHAPE}. ` +
        'Nothing is taken from PG* variables, ~/.pgpass or a service file',
    );
  }
  if (!host.startsWith('/') && !IPV6.test(host) && !HOST_NAME.test(host)) {
    return unusable('must name one host: a name, an IP address, or the folder of a socket as ?host=/folder');
  }
  const number = port === undefined ? DEFAULT_PORT : Number(port);
  if ((port !== undefined && !/^\d{1,5}$/.test(port)) || number < 1 || number > 65_535) {
    return unusable('must have a port between 1 and 65535 after its host; a : in a password is written %3A');
  }
  return { kind: 'complete', address: { host, port: number, user, password, database, options } };
}

function troubleWith(parameters: URLSearchParams): AddressRead | null {
  const names = [...parameters.keys()];
  const session = names.find((name) => SESSION_PARAMETERS.includes(name));
  const settings = /(^|\s)(-c|--)/.test(parameters.get('options') ?? '');
  if (session !== undefined || settings) {
    return unusable(
      `must not set state of the session (${session ?? 'options'}): it leaks through poolers. ` +
        'Set it for the user instead: ALTER ROLE ... SET ...',
    );
  }
  const schema = SCHEMA_PARAMETERS.find((name) => (parameters.get(name) ?? 'public') !== 'public');
  if (schema !== undefined) {
    return unusable(
      `must not name a schema (${schema}): set it for the user, ALTER ROLE ... SET search_path`,
    );
  }
  const file = names.find((name) => FILES.includes(name));
  if (file !== undefined)
    return unusable(`must not name a file that completes it (${file}): write its parts out`);
  const mode = parameters.get('sslmode');
  if (mode !== null && !SSL_MODES.includes(mode)) {
    return unusable(`must have an sslmode among ${SSL_MODES.join(', ')}`);
  }
  return null;
}

/** What is named in the URL's own place and among its parameters has to be the same. */
function namedOnce(own: Part, others: readonly string[]): Part {
  if (own.kind === 'broken') return own;
  const all = new Set(others.filter((value) => value !== ''));
  if (own.kind === 'named') all.add(own.value);
  const [value] = all;
  if (value === undefined) return { kind: 'absent' };
  return all.size > 1 ? { kind: 'twice' } : { kind: 'named', value };
}

/** A % that encodes nothing is one that somebody forgot to encode, and stands for itself. */
function decoded(part: string | undefined): Part {
  if (part === undefined || part === '') return { kind: 'absent' };
  try {
    return { kind: 'named', value: decodeURIComponent(part.replace(/%(?![0-9a-f]{2})/gi, '%25')) };
  } catch {
    return { kind: 'broken' };
  }
}

function unusable(why: string): AddressRead {
  return { kind: 'unusable', why };
}

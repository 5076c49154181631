import { SECRET_SETTINGS, settingsShape, type ParsedSettings, type SettingName } from './settings.schema.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** One setting that is missing or wrong. Never holds the value: it may be a secret typed into the wrong place. */
export interface SettingProblem {
  readonly name: SettingName;
  readonly kind: 'invalid' | 'missing' | 'weak';
  readonly message: string;
}

export interface Settings extends ParsedSettings {
  /** Closed by default: everything but `NODE_ENV=development` and `test` is production, absence too. */
  readonly production: boolean;
  readonly host: string;
  readonly drainDelayMs: number;
}

/** What the environment says, parsed once: the settings, what is wrong with them, and what must never be shown. */
export interface Configuration {
  readonly settings: Settings;
  readonly problems: readonly SettingProblem[];
  readonly secrets: readonly string[];
}

/** Parses the environment. Never throws: an invalid value is replaced by its default and reported by name. */
export function parseSettings(environment: Environment): Configuration {
  const problems: SettingProblem[] = [];
  const parsed: Record<string, unknown> = {};
  for (const [name, schema] of Object.entries(settingsShape)) {
    // `NAME=` in a file means the same as leaving it out.
    const raw = environment[name]?.trim() ? environment[name] : undefined;
    const result = schema.safeParse(raw);
    parsed[name] = result.success ? result.data : schema.parse(undefined);
    if (!result.success) {
      const why = result.error.issues[0]?.message ?? 'is invalid';
      problems.push({ name: name as SettingName, kind: 'invalid', message: `${name} ${sentence(why)}` });
    }
  }
  const fields = parsed as ParsedSettings;
  problems.push(...problemsAcross(fields));
  const development = fields.NODE_ENV === 'development' || fields.NODE_ENV === 'test';
  const settings: Settings = Object.freeze({
    ...fields,
    production: !development,
    host: fields.HOST ?? (development ? '127.0.0.1' : '0.0.0.0'),
    drainDelayMs: fields.DRAIN_DELAY_MS ?? (development ? 0 : 5000),
  });
  return Object.freeze({ settings, problems: Object.freeze(problems), secrets: secretsOf(environment) });
}

const sentence = (why: string) => (why.startsWith('must') ? why : `is invalid: ${why}`);

const PLACEHOLDER = /^(change[-_ ]?me|secret|password|placeholder|todo|xxx+|test|example|your[-_ ].*)$/i;

function problemsAcross(settings: ParsedSettings): SettingProblem[] {
  const problems: SettingProblem[] = [];
  const missing = (name: SettingName, message: string) => problems.push({ name, kind: 'missing', message });
  if (settings.AUTH_SECRET === undefined) {
    missing('AUTH_SECRET', 'AUTH_SECRET is not set; set it to at least 16 random characters');
  } else if (settings.AUTH_SECRET.length < 16 || PLACEHOLDER.test(settings.AUTH_SECRET)) {
    problems.push({
      name: 'AUTH_SECRET',
      kind: 'weak',
      message:
        'AUTH_SECRET is a placeholder or shorter than 16 characters; use at least 16 random characters',
    });
  }
  if (settings.LITELLM_BASE_URL !== undefined && settings.LITELLM_MASTER_KEY === undefined) {
    missing('LITELLM_MASTER_KEY', 'LITELLM_MASTER_KEY is not set; LITELLM_BASE_URL needs it');
  }
  if (settings.QUEUE_REDIS_SENTINELS !== undefined && settings.QUEUE_REDIS_SENTINEL_NAME === undefined) {
    missing(
      'QUEUE_REDIS_SENTINEL_NAME',
      'QUEUE_REDIS_SENTINEL_NAME is not set; QUEUE_REDIS_SENTINELS needs it',
    );
  }
  if (settings.DECLARED_DEPENDENCIES.includes('evm-rpc') && settings.EVM_RPC_URL === undefined) {
    missing('EVM_RPC_URL', 'EVM_RPC_URL is not set; DECLARED_DEPENDENCIES names evm-rpc');
  }
  if (settings.WORKER_HEARTBEAT_TIMEOUT_MS < 2 * settings.WORKER_HEARTBEAT_INTERVAL_MS) {
    problems.push({
      name: 'WORKER_HEARTBEAT_TIMEOUT_MS',
      kind: 'invalid',
      message:
        'WORKER_HEARTBEAT_TIMEOUT_MS must be at least twice WORKER_HEARTBEAT_INTERVAL_MS, or healthy workers look dead',
    });
  }
  return problems;
}

const URLS_WITH_CREDENTIALS = [
  'DATABASE_URL',
  'REDIS_URL',
  'OPENAI_BASE_URL',
  'ANTHROPIC_BASE_URL',
  'LITELLM_BASE_URL',
  'EVM_RPC_URL',
] as const satisfies readonly SettingName[];

/** Reads the raw environment, not the parsed settings: a value too broken to parse may still hold a secret. */
function secretsOf(environment: Environment): readonly string[] {
  const secrets = new Set<string>();
  const add = (value: string | undefined) => {
    // Redacting a very short word would eat ordinary text and hide nothing.
    if (value !== undefined && value.length >= 4) secrets.add(value);
  };
  for (const name of SECRET_SETTINGS) add(environment[name]?.trim());
  for (const name of URLS_WITH_CREDENTIALS) {
    const value = environment[name]?.trim();
    if (value === undefined) continue;
    for (const password of passwordsIn(value)) {
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
    /[?&]password=([^&#]*)/i,
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

type Environment = Readonly<Record<string, string | undefined>>;

/** Names of what must not be shown. */
const SECRET_NAME =
  /KEY(?!BOARD|MAP|RING)|TOKEN(?!IZER)|SECRET|PASS|PWD$|CREDENTIAL|AUTH(?!OR)|(?:^|[_-])PAT(?:[_-]|$)|BEARER|COOKIE|DSN|SIGNATURE/i;
const MIN = 8;
/** A very short word hidden wherever it stands would eat ordinary text and hide nothing. */
const MIN_OF_PASSWORD = 4;
/** A run of letters and digits that is nobody's word, name or date. */
const RANDOM_RUN = /[A-Za-z0-9]{16,}/g;

export function namesSecret(name: string): boolean {
  return SECRET_NAME.test(name);
}

/** Whether a value is a secret whatever its name: it has a long run in which letters and digits are mixed. */
export function looksRandom(value: string): boolean {
  if (/\s/.test(value)) return false;
  return (value.slice(0, 8192).match(RANDOM_RUN) ?? []).some(
    (run) => /[a-z]/i.test(run) && /\d.*\d/.test(run),
  );
}

/** A value that a secret's name stands for, unless it is a path, a number, a switch or an address without a user. */
export function secretValues(name: string, value: string): readonly string[] {
  const text = value.trim();
  const inside = passwordsIn(text);
  if (inside.length > 0) return [text, ...inside.filter(isHiddenAlone)];
  if (!namesSecret(name) || text.length < MIN) return [];
  return /^(?:[./~]|\w+:\/\/)|^\d{1,12}$/.test(text) ? [] : [text];
}

/** The secrets of a whole environment: by name, and in every address that holds a password. */
export function secretsByName(environment: Environment): readonly string[] {
  return Object.entries(environment).flatMap(([name, value]) =>
    value === undefined ? [] : secretValues(name, value),
  );
}

/** Whether a password is worth hiding where it stands without its address; within it, it is hidden by its shape. */
export function isHiddenAlone(password: string): boolean {
  return password.length >= MIN_OF_PASSWORD;
}

// Where people leave `@` or `/` in a password unencoded, it is anyone's guess where it ends: every one is taken.
const ENDS = [
  /^[^:/]{1,64}:\/\/[^:/?#@]*:([^@/?#]*)@/,
  /^[^:/]{1,64}:\/\/[^:/?#@]*:([^/?#]*)@/,
  /^[^:/]{1,64}:\/\/[^:/?#@]*:(.*)@/,
];
const PARAMETERS =
  /[?&](?:password|passwd|pwd|pass|auth|token|secret|(?:api|access)[_-]?(?:key|token)|key)=([^&#]*)/gi;

/** Every password that an address may hold, however short, as it is written and as it is meant. */
export function passwordsIn(url: string): readonly string[] {
  if (!url.includes('://')) return [];
  const ofUser = ENDS.map((end) => end.exec(url)?.[1] ?? '');
  const ofQuery = [...url.matchAll(PARAMETERS)].map(([, value = '']) => value);
  const written = [...ofUser, ...ofQuery].filter((password) => password !== '');
  return [...new Set([...written, ...written.map(decoded)])];
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

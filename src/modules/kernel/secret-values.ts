type Environment = Readonly<Record<string, string | undefined>>;

/** Names of what must not be shown. */
const SECRET_NAME =
  /KEY(?!BOARD|MAP|RING)|TOKEN(?!IZER)|SECRET|PASS|PWD$|CREDENTIAL|AUTH(?!OR)|(?:^|[_-])PAT(?:[_-]|$)|BEARER|COOKIE|DSN|SIGNATURE/i;
const MIN = 8;
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
  if (inside.length > 0) return [text, ...inside];
  if (!namesSecret(name) || text.length < MIN) return [];
  return /^(?:[./~]|\w+:\/\/)|^\d{1,12}$/.test(text) ? [] : [text];
}

/** The secrets of a whole environment: by name, and in every address that holds a password. */
export function secretsByName(environment: Environment): readonly string[] {
  return Object.entries(environment).flatMap(([name, value]) =>
    value === undefined ? [] : secretValues(name, value),
  );
}

/** Where people leave `@` or `/` in a password unencoded, it is anyone's guess where it ends: take every one. */
export function passwordsIn(url: string): readonly string[] {
  if (!url.includes('://')) return [];
  const ends = [
    /^[^:/]{1,64}:\/\/[^:/?#@]*:([^@/?#]*)@/,
    /^[^:/]{1,64}:\/\/[^:/?#@]*:([^/?#]*)@/,
    /^[^:/]{1,64}:\/\/[^:/?#@]*:(.*)@/,
    /[?&]password=([^&#]*)/i,
  ];
  const written = ends.flatMap((end) => end.exec(url)?.[1] ?? []).filter((password) => password.length >= 4);
  return [...new Set([...written, ...written.map(decoded)])];
}

function decoded(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

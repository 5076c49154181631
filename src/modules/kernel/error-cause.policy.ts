/** However the causes of an error are tied together. */
const DEEPEST = 10;

/** A host with several addresses fails once for each of them, in one error around all: the first says what is wrong. */
export function firstOfSeveral(error: unknown, depth = 0): unknown {
  const errors = property(error, 'errors');
  if (!Array.isArray(errors) || errors.length === 0 || depth === DEEPEST) return error;
  return firstOfSeveral(errors[0], depth + 1);
}

/** The error that says by its code what happened: itself, or what it was caused by; the innermost when none has one. */
export function codedCause(error: unknown, depth = 0): unknown {
  if (codeOf(error) !== undefined || depth === DEEPEST) return error;
  const inner = property(error, 'cause') ?? firstOfSeveral(error);
  return inner === error ? error : codedCause(inner, depth + 1);
}

/** The code of an error, such as `ECONNREFUSED`, if it has one that is text. */
export function codeOf(error: unknown): string | undefined {
  const code = property(error, 'code');
  return typeof code === 'string' ? code : undefined;
}

function property(value: unknown, name: string): unknown {
  return Reflect.get(Object(value) as object, name);
}

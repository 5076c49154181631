/**
 * What may be told of a driver's error: its code, and the names of what it is about. Its other fields quote values
 * of rows and parameters, and some of its messages do.
 */
export interface ToldOfDriver {
  readonly code: string;
  readonly severity?: string;
  readonly schema?: string;
  readonly table?: string;
  readonly column?: string;
  readonly constraint?: string;
  readonly routine?: string;
}

const NAMES = ['severity', 'schema', 'table', 'column', 'constraint', 'routine'] as const;
/** Fields in which the server quotes values, statements, or what a trigger had to say. */
const VALUES = ['detail', 'where', 'hint', 'internalQuery', 'query', 'parameters', 'dataType'];
const SQLSTATE = /^[0-9A-Z]{5}$/;
/** Classes whose messages are about servers, connections, locks and names, and quote no value. */
const NAMES_ONLY = /^(08|25|28|3D|3F|40|53|55|57|58|XX)|^(23\d{3}|42501|42P01|42703|42883|42P07)$/;

/** Whether this is a server's answer to a statement. A system call's error may have a code of five letters too. */
export function isDriverError(error: unknown): error is Error & { code: string } {
  if (!(error instanceof Error)) return false;
  const { code, severity } = error as { code?: unknown; severity?: unknown };
  return typeof code === 'string' && SQLSTATE.test(code) && typeof severity === 'string';
}

export function toldOfDriver(error: Error & { code: string }): ToldOfDriver {
  const names = NAMES.flatMap((name) => {
    const value: unknown = Reflect.get(error, name);
    return typeof value === 'string' ? [[name, value] as const] : [];
  });
  return { code: error.code, ...Object.fromEntries(names) };
}

/** The server's own words where they quote no value, else only what kind of error it is. */
export function messageWithoutValues(error: Error & { code: string }): string {
  if (NAMES_ONLY.test(error.code)) return error.message;
  const { table, column, constraint } = toldOfDriver(error);
  const about = Object.entries({ table, column, constraint }).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name} ${value}`],
  );
  return [`the database refused a statement (SQLSTATE ${error.code})`, ...about].join(', ');
}

/** The same error, with every value taken out; anything else as it is. */
export function withoutValues<E>(error: E): E {
  if (!isDriverError(error)) return error;
  const message = messageWithoutValues(error);
  for (const name of VALUES) Reflect.deleteProperty(error, name);
  if (message !== error.message) {
    error.stack = error.stack?.replace(error.message, message) ?? '';
    error.message = message;
  }
  return error;
}

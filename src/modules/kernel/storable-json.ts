import { storable } from './text.js';

/** An escape of NUL, or of half of a character; a backslash before it may make it something else. */
const SUSPECT = /\\u(0000|[dD][89a-fA-F])/;

/**
 * JSON text as PostgreSQL takes it, in a column of json as of jsonb, and can look into it later: strings and names
 * of fields are made storable.
 */
export function storableJson(text: string): string {
  if (!SUSPECT.test(text)) return text;
  return JSON.stringify(JSON.parse(text, (_name, value: unknown) => storableValue(value)));
}

function storableValue(value: unknown): unknown {
  if (typeof value === 'string') return storable(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const names = Object.keys(value);
  if (names.every((name) => storable(name) === name)) return value;
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [storable(name), each as unknown]));
}

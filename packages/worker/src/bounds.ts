/** A heartbeat lists so many of its jobs at most, with ids of so many characters. */
export const MOST_LISTED = 200;
export const LONGEST_ID = 200;
export const LONGEST_NAME = 100;
/** Three centuries. */
export const MAX_AGE_MS = 1e13;

/** NUL, and halves of characters that are two UTF-16 units long: PostgreSQL takes neither. */
const UNSTORABLE = /\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;
/** C0, DEL, C1, the separators of lines, and what turns the direction of writing around. */
// eslint-disable-next-line no-control-regex
const CONTROL = /[\0-\x1F\x7F-\x9F\u2028\u2029\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;
const NAMES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };
const HALF_AT_END = /[\uD800-\uDBFF]$/;

/**
 * A name that somebody else gave, fit for a line of a terminal and a row of PostgreSQL. The worker and who reads of it
 * must make the same of one, or an id would not be found again. It is what the service makes of all texts, written
 * once more: nothing of the service comes along into other people's processes. A test holds the two together.
 */
export function readable(value: string, longest: number): string {
  const line = value
    .replace(UNSTORABLE, '\uFFFD')
    .replace(CONTROL, (each) => NAMES[each] ?? `\\u${each.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return line.length <= longest ? line : line.slice(0, longest).replace(HALF_AT_END, '');
}

/** What an error says; whatever is thrown that is none says what it is. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Ends of a cut that would leave half of a character behind. */
const HALF_AT_END = /[\uD800-\uDBFF]$/;

/** At most `length` UTF-16 units, without half of a character at the end. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length).replace(HALF_AT_END, '');
}

/** NUL, and halves of characters that are two UTF-16 units long. */
const UNSTORABLE = /\0|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/** Whether PostgreSQL takes the text, in a column of text as of jsonb. */
export function isStorable(text: string): boolean {
  return text.search(UNSTORABLE) === -1;
}

/** The text as PostgreSQL takes it: NUL and halves of characters become `�`. Made once, where text comes in. */
export function storable(text: string): string {
  return text.replace(UNSTORABLE, '\uFFFD');
}

/** C0, DEL, C1, the separators of lines, and what turns the direction of writing around. */
// eslint-disable-next-line no-control-regex
const CONTROL = /[\0-\x1F\x7F-\x9F\u2028\u2029\u200E\u200F\u202A-\u202E\u2066-\u2069]/g;

/** One line that a terminal and a reader of lines take for what it is: control characters are shown as such. */
export function shown(text: string): string {
  return text.replace(CONTROL, (character) => {
    switch (character) {
      case '\n':
        return '\\n';
      case '\r':
        return '\\r';
      case '\t':
        return '\\t';
      default:
        return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
    }
  });
}

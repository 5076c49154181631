/**
 * Splits a line into words as a POSIX shell does: blanks separate, quotes join, a backslash takes the next
 * character as it is. Nothing is expanded. Throws when a quote is not closed or a backslash ends the line.
 */
export function shellWords(line: string): readonly string[] {
  const words: string[] = [];
  let word: string | null = null;
  let quote: '"' | "'" | null = null;
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at);
    if (quote === "'") {
      if (char === "'") quote = null;
      else word += char;
    } else if (char === '\\') {
      at += 1;
      const next = line.charAt(at);
      if (next === '') throw new Error('it ends with a backslash');
      // Within double quotes a backslash escapes only what has a meaning there.
      word = (word ?? '') + (quote === '"' && !/["\\$`]/.test(next) ? `\\${next}` : next);
    } else if (quote === '"') {
      if (char === '"') quote = null;
      else word += char;
    } else if (char === '"' || char === "'") {
      quote = char;
      word ??= '';
    } else if (/\s/.test(char)) {
      if (word !== null) words.push(word);
      word = null;
    } else {
      word = (word ?? '') + char;
    }
  }
  if (quote !== null) throw new Error(`a ${quote} is not closed`);
  if (word !== null) words.push(word);
  return words;
}

/** Brackets within brackets. */
const MAX_NESTING = 100;
/** Operators in one chain (`a.b[0].c & d`): a compiler's work on it grows faster than its length. */
const MAX_CHAIN = 500;

const OPENS = '([{';
const CLOSES = ')]}';
const ENDS_CHAIN = ',;';
const OPERATORS = '.[({^@#~+-*/%&=<>?:!|';
/** They stand between two values; where a value is expected they are names. */
const WORD_OPERATORS = new Set(['and', 'or', 'in']);
/** Where a value is expected these are one: all fields, whatever lies beneath, and the parent. */
const VALUE_SIGNS = new Set(['*', '**', '%']);

/** What lies between signs, a value that is more than a sign, or a sign; `**` is one. */
const TOKEN =
  /(?<blank>\s+|\/\*[\s\S]*?\*\/)|(?<value>"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'|`[^`]*`|[\p{L}\p{N}_$]+)|\*\*|[\s\S]/uy;

/**
 * Why an expression is too complex to be compiled, undefined when it is not. It reads as JSONata does: comments, text
 * in quotes and regular expressions count for nothing.
 */
export function whyTooComplex(expression: string): string | undefined {
  const chains = [0];
  // Whether a value stands before: then `/` divides, else it begins a regular expression.
  let afterValue = false;
  for (let at = 0; at < expression.length;) {
    const regexEnd = afterValue ? undefined : endOfRegex(expression, at);
    if (regexEnd !== undefined) {
      at = regexEnd;
      afterValue = true;
      continue;
    }
    TOKEN.lastIndex = at;
    const found = TOKEN.exec(expression);
    const token = found?.[0] ?? expression.charAt(at);
    at += token.length;
    if (found?.groups?.['blank'] !== undefined) continue;
    if (found?.groups?.['value'] !== undefined) {
      afterValue = !(afterValue && WORD_OPERATORS.has(token));
      continue;
    }
    const why = count(token, chains);
    if (why !== undefined) return why;
    afterValue = CLOSES.includes(token) || (!afterValue && VALUE_SIGNS.has(token));
  }
  return undefined;
}

/** Counts one sign into the chain that it belongs to; the last chain is that of the innermost bracket. */
function count(sign: string, chains: number[]): string | undefined {
  if (ENDS_CHAIN.includes(sign)) chains[chains.length - 1] = 0;
  if (OPERATORS.includes(sign.charAt(0))) {
    const length = (chains.at(-1) ?? 0) + sign.length;
    if (length > MAX_CHAIN) return `chains more than ${MAX_CHAIN} operators; name what comes in between`;
    chains[chains.length - 1] = length;
  }
  if (OPENS.includes(sign)) chains.push(0);
  else if (CLOSES.includes(sign) && chains.length > 1) chains.pop();
  // The first is that of no bracket at all.
  if (chains.length - 1 > MAX_NESTING) return `is nested too deeply (more than ${MAX_NESTING} brackets)`;
  return undefined;
}

/** Where the regular expression ends that begins at `at`, its flags included; undefined where none begins. */
function endOfRegex(expression: string, start: number): number | undefined {
  if (expression.charAt(start) !== '/' || expression.charAt(start + 1) === '*') return undefined;
  let depth = 0;
  for (let at = start + 1; at < expression.length; at += 1) {
    const character = expression.charAt(at);
    if (character === '\\') at += 1;
    else if (OPENS.includes(character)) depth += 1;
    else if (CLOSES.includes(character)) depth -= 1;
    else if (character === '/' && depth === 0) {
      while (/[im]/.test(expression.charAt(at + 1))) at += 1;
      return at + 1;
    }
  }
  return undefined;
}

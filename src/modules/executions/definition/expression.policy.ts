/** Brackets within brackets. */
const MAX_NESTING = 100;
/** Operators in one chain (`a.b[0].c & d`): a compiler's work on it grows faster than its length. */
const MAX_CHAIN = 500;

const OPENS = '([{';
const CLOSES = ')]}';
const ENDS_CHAIN = ',;';
const OPERATORS = '.[({^@#~+-*/%&=<>?:!|';

/**
 * Why an expression is too complex to be compiled, undefined when it is not. Looks at its characters only: what
 * stands in quotes is text, everything else counts at its face value.
 */
export function whyTooComplex(expression: string): string | undefined {
  const chains = [0];
  let quote: string | undefined;
  for (let at = 0; at < expression.length; at += 1) {
    const character = expression.charAt(at);
    if (quote !== undefined) {
      if (character === '\\') at += 1;
      else if (character === quote) quote = undefined;
      continue;
    }
    if (character === '"' || character === "'" || character === '`') quote = character;
    else if (ENDS_CHAIN.includes(character)) chains[chains.length - 1] = 0;
    if (OPERATORS.includes(character)) {
      const length = (chains.at(-1) ?? 0) + 1;
      if (length > MAX_CHAIN) return `chains more than ${MAX_CHAIN} operators; name what comes in between`;
      chains[chains.length - 1] = length;
    }
    if (OPENS.includes(character)) chains.push(0);
    else if (CLOSES.includes(character) && chains.length > 1) chains.pop();
    if (chains.length > MAX_NESTING) return `is nested too deeply (more than ${MAX_NESTING} brackets)`;
  }
  return undefined;
}

/** Colours of the terminal; the identity where there are none. */
export interface Paint {
  readonly good: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly bold: (text: string) => string;
  /** Something that has just changed. */
  readonly mark: (text: string) => string;
}

// `picocolors` would be a dependency for this line: which colour means what is ours to say all the same.
const code = (open: number, close: number) => (text: string) => `\u001b[${open}m${text}\u001b[${close}m`;
const plain = (text: string): string => text;

export const COLOURS: Paint = {
  good: code(32, 39),
  warn: code(33, 39),
  bad: code(31, 39),
  dim: code(2, 22),
  bold: code(1, 22),
  mark: code(7, 27),
};
export const NO_COLOURS: Paint = {
  good: plain,
  warn: plain,
  bad: plain,
  dim: plain,
  bold: plain,
  mark: plain,
};

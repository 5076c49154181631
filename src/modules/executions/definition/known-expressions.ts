/** Texts of which the verdict is kept; at 5,000 characters each that is ten megabytes at the very most. */
const MAX_KNOWN = 1000;

/** What is wrong with an expression, null when it compiles. */
export type ExpressionVerdict = string | null;

/**
 * Verdicts on expressions by their text, the longest unused forgotten first. The same expression compiles or fails
 * alike every time, and most of those that are sent have been sent before.
 */
export class KnownExpressions {
  private readonly verdicts = new Map<string, ExpressionVerdict>();

  constructor(private readonly max = MAX_KNOWN) {}

  /** Undefined when it is not known. To ask is to use it. */
  verdictOn(expression: string): ExpressionVerdict | undefined {
    const verdict = this.verdicts.get(expression);
    if (verdict !== undefined) this.add(expression, verdict);
    return verdict;
  }

  add(expression: string, verdict: ExpressionVerdict): void {
    this.verdicts.delete(expression);
    this.verdicts.set(expression, verdict);
    if (this.verdicts.size > this.max) this.verdicts.delete(this.verdicts.keys().next().value ?? '');
  }
}

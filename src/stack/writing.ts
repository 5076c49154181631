/**
 * Writes what nobody's work depends on. What keeps it from being written is told of once, and so is its end; it is no
 * reason to end.
 */
export class Writing {
  private failing = false;

  constructor(
    private readonly what: string,
    private readonly tell: (text: string) => void,
  ) {}

  /** Whether it was written. */
  attempt(write: () => void): boolean {
    try {
      write();
    } catch (error) {
      if (!this.failing) this.tell(`${this.what} cannot be written (${reasonOf(error)}); the stack goes on`);
      this.failing = true;
      return false;
    }
    if (this.failing) this.tell(`${this.what} is written again`);
    this.failing = false;
    return true;
  }
}

function reasonOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}

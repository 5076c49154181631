import { COLOURS, NO_COLOURS, type Paint } from './paint.js';

// `log-update` cuts and wraps what render.policy.ts has fitted already, and brings five packages and theirs for it.
/** Where the stack speaks to a person: lines that stay, and under them a block that is redrawn in place. */
export class Screen {
  readonly isTerminal: boolean;
  readonly paint: Paint;
  private block: readonly string[] = [];

  constructor(
    private readonly out: NodeJS.WriteStream,
    env: NodeJS.ProcessEnv,
  ) {
    this.isTerminal = out.isTTY && env['TERM'] !== 'dumb';
    this.paint = this.isTerminal && !env['NO_COLOR'] ? COLOURS : NO_COLOURS;
  }

  get columns(): number {
    return this.isTerminal ? this.out.columns : 10_000;
  }

  get rows(): number {
    return this.isTerminal ? this.out.rows : 10_000;
  }

  /** One or more lines that stay. */
  say(text: string): void {
    this.out.write(`${this.erase()}${text}\n${this.draw(this.block)}`);
  }

  /** What stands under all lines; without a terminal nothing is shown. */
  show(block: readonly string[]): void {
    if (!this.isTerminal || same(block, this.block)) return;
    const erased = this.erase();
    this.block = block;
    this.out.write(`${erased}${this.draw(block)}`);
  }

  private erase(): string {
    return this.block.length === 0 ? '' : `\u001b[${this.block.length}F\u001b[J`;
  }

  private draw(block: readonly string[]): string {
    return block.map((text) => `${text}\n`).join('');
  }
}

function same(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((text, index) => text === other[index]);
}

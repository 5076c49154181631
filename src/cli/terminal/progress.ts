import { fitted } from './layout.policy.js';

type Stream = Pick<NodeJS.WriteStream, 'isTTY' | 'columns' | 'write'>;

/** One line that tells what is being done: redrawn on a terminal, in a pipe told once for each `what`. */
export class Progress {
  private told = '';

  constructor(private readonly stream: Stream) {}

  /** `left` is told on a terminal only, where it changes. */
  say(what: string, left = ''): void {
    if (this.stream.isTTY) {
      this.stream.write(`\r\u001b[2K${fitted(`${what}${left}`, this.stream.columns - 1)}`);
    } else if (what !== this.told) this.stream.write(`${what}\n`);
    this.told = what;
  }

  /** Nothing is left of it on a terminal. */
  end(): void {
    if (this.stream.isTTY && this.told !== '') this.stream.write('\r\u001b[2K');
    this.told = '';
  }
}

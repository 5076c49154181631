const NEWLINE = 0x0a;
/** How much of a line that is too long is kept, at either end, to find out what it answers. */
const GLIMPSE_BYTES = 512;
/** Pieces of a line that are kept apart; more are joined, for a piece may be a single byte. */
const MAX_PIECES = 1024;

export interface LineFramerSink {
  line(text: string): void;
  /** A line was longer than the limit and was thrown away; `head` and `tail` are all that is left of it. */
  oversized(head: string, tail: string, bytes: number): void;
}

/** Cuts a stream of bytes into lines and never holds more than one line of `maxLineBytes`. */
export class LineFramer {
  private chunks: Buffer[] = [];
  private held = 0;
  private skipping: { readonly head: Buffer; tail: Buffer; bytes: number } | null = null;

  constructor(
    private readonly maxLineBytes: number,
    private readonly sink: LineFramerSink,
  ) {}

  push(chunk: Buffer): void {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      this.take(chunk.subarray(from, at));
      this.finish();
      from = at + 1;
    }
    if (from < chunk.length) this.take(chunk.subarray(from));
  }

  private take(bytes: Buffer): void {
    if (this.skipping === null && this.held + bytes.length <= this.maxLineBytes) {
      this.chunks.push(bytes);
      this.held += bytes.length;
      if (this.chunks.length > MAX_PIECES) this.chunks = [Buffer.concat(this.chunks)];
      return;
    }
    if (this.skipping === null) {
      const head = glimpse(Buffer.concat([...this.chunks, bytes.subarray(0, GLIMPSE_BYTES)]), 'head');
      this.skipping = { head, tail: Buffer.alloc(0), bytes: this.held };
      this.chunks = [];
      this.held = 0;
    }
    this.skipping.bytes += bytes.length;
    this.skipping.tail = glimpse(Buffer.concat([this.skipping.tail, bytes.subarray(-GLIMPSE_BYTES)]), 'tail');
  }

  private finish(): void {
    const { skipping } = this;
    if (skipping !== null) {
      this.skipping = null;
      this.sink.oversized(skipping.head.toString('utf8'), skipping.tail.toString('utf8'), skipping.bytes);
      return;
    }
    const [only] = this.chunks;
    const line = this.chunks.length === 1 && only !== undefined ? only : Buffer.concat(this.chunks);
    this.chunks = [];
    this.held = 0;
    const text = line.toString('utf8').trim();
    if (text !== '') this.sink.line(text);
  }
}

/** A copy, for a slice would keep the whole chunk that it was cut from. */
function glimpse(bytes: Buffer, end: 'head' | 'tail'): Buffer {
  return Buffer.from(end === 'head' ? bytes.subarray(0, GLIMPSE_BYTES) : bytes.subarray(-GLIMPSE_BYTES));
}

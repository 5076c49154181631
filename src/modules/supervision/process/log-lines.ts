const NEWLINE = 0x0a;
const SECOND_MS = 1_000;
/** Kept beyond the bound until a line is redacted, so that the cut leaves no part of a secret up to this long. */
const REDACT_MARGIN_BYTES = 4_096;

export interface LogLinesOptions {
  /** Longer lines are cut, and say by how much. */
  readonly maxLineBytes: number;
  /** Lines over this in a second are dropped, counted, and told of once a second. */
  readonly maxLinesPerSecond: number;
  /** Takes secrets out of a line. */
  readonly redact: (line: string) => string;
  /** Monotonic ms. */
  readonly clock: () => number;
}

export interface LineSink {
  line(stream: 'stdout' | 'stderr', text: string): void;
  /** `count` lines were dropped since the last time it was told. */
  dropped(count: number): void;
}

interface PartialLine {
  chunks: Buffer[];
  kept: number;
  total: number;
}

/** Turns the raw output of one life into lines. Whatever is written, it keeps at most one line per stream. */
export class LogLines {
  private readonly partial: Record<'stdout' | 'stderr', PartialLine> = { stdout: empty(), stderr: empty() };
  private windowStart = -Infinity;
  private inWindow = 0;
  private droppedCount = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly options: LogLinesOptions,
    private readonly sink: LineSink,
  ) {}

  push(stream: 'stdout' | 'stderr', chunk: Buffer): void {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at !== -1; at = chunk.indexOf(NEWLINE, from)) {
      this.keep(stream, chunk.subarray(from, at));
      this.finishLine(stream);
      from = at + 1;
    }
    if (from < chunk.length) this.keep(stream, chunk.subarray(from));
  }

  /** Ends the last lines, which need no newline, and tells of what was dropped. */
  close(): void {
    for (const stream of ['stdout', 'stderr'] as const) {
      if (this.partial[stream].total > 0) this.finishLine(stream);
    }
    this.tellDropped();
  }

  private keep(stream: 'stdout' | 'stderr', bytes: Buffer): void {
    const partial = this.partial[stream];
    partial.total += bytes.length;
    const room = this.options.maxLineBytes + REDACT_MARGIN_BYTES - partial.kept;
    if (room <= 0 || bytes.length === 0) return;
    // A copy: a kept slice would hold the whole chunk that it came in.
    const slice = Buffer.from(bytes.subarray(0, room));
    partial.chunks.push(slice);
    partial.kept += slice.length;
  }

  private finishLine(stream: 'stdout' | 'stderr'): void {
    const { chunks, kept, total } = this.partial[stream];
    this.partial[stream] = empty();
    if (!this.admit()) return;
    const text = this.options.redact(Buffer.concat(chunks).toString('utf8').replace(/\r$/, ''));
    this.sink.line(stream, this.cut(text, total, total > kept));
  }

  private cut(text: string, total: number, beyondMargin: boolean): string {
    const { maxLineBytes } = this.options;
    if (total <= maxLineBytes) return text;
    const bytes = Buffer.from(text);
    const end = Math.min(maxLineBytes, beyondMargin ? bytes.length - REDACT_MARGIN_BYTES : bytes.length);
    return `${bytes.toString('utf8', 0, Math.max(0, end))} … (${total - maxLineBytes} more bytes)`;
  }

  private admit(): boolean {
    const now = this.options.clock();
    if (now - this.windowStart >= SECOND_MS) {
      this.windowStart = now;
      this.inWindow = 0;
    }
    this.inWindow += 1;
    if (this.inWindow <= this.options.maxLinesPerSecond) return true;
    this.droppedCount += 1;
    this.timer ??= setTimeout(() => this.tellDropped(), SECOND_MS).unref();
    return false;
  }

  private tellDropped(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const count = this.droppedCount;
    this.droppedCount = 0;
    if (count > 0) this.sink.dropped(count);
  }
}

function empty(): PartialLine {
  return { chunks: [], kept: 0, total: 0 };
}

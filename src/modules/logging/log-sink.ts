/** Takes bytes, and answers how many; throws as `fs.writeSync` does, EAGAIN when there is no room. */
export type WriteBytes = (bytes: Buffer) => number;

/** How the log gets on. */
export interface LogState {
  readonly heldLines: number;
  readonly heldBytes: number;
  /** How long the oldest line waits that is not written yet; null when none waits. */
  readonly waitsMs: number | null;
  /** Since the start. */
  readonly droppedLines: number;
  /** How long ago a line was dropped; null when none ever was. */
  readonly lastDropMs: number | null;
  /** Why the last attempt failed: `ENOSPC`, `EAGAIN` (nobody reads), ...; null when it did not. */
  readonly failure: string | null;
}

/** Lines that are missing in the log from here back. */
export interface Gap {
  readonly droppedLines: number;
  readonly failure: string | null;
  readonly lastedMs: number;
}

const MAX_HELD_BYTES = 1024 * 1024;
const LARGEST_WRITE_BYTES = 64 * 1024;
const FIRST_RETRY_MS = 5;
/** A reader that stalls may go on at any moment; a full disk is not mended within milliseconds. */
const LAST_RETRY_MS = { EAGAIN: 100, other: 1000 };

/**
 * Writes lines in order, at once when that is possible. It never throws and never waits: what finds no room is held,
 * up to a megabyte, and what comes on top of that is dropped and counted. Whoever listens is told when it goes again.
 */
export class LogSink {
  private held: { bytes: Buffer; readonly at: number }[] = [];
  private heldBytes = 0;
  private droppedLines = 0;
  private lastDroppedAt: number | null = null;
  private gap: { lines: number; readonly since: number; failure: string | null } | null = null;
  private failure: string | null = null;
  private retryMs = FIRST_RETRY_MS;
  private timer: NodeJS.Timeout | undefined;
  private onGap: (gap: Gap) => void = () => undefined;

  constructor(
    private readonly writeBytes: WriteBytes,
    private readonly clock: () => number = () => performance.now(),
  ) {}

  /** Called when it goes again after lines were dropped; may write. */
  tellGap(listener: (gap: Gap) => void): void {
    this.onGap = listener;
  }

  write(line: string): void {
    const bytes = Buffer.from(line);
    // Once lines are dropped, those that come later are, too, until there is room for many of them.
    if (this.gap !== null || this.heldBytes + bytes.length > MAX_HELD_BYTES) {
      this.drop();
    } else {
      this.held.push({ bytes, at: this.clock() });
      this.heldBytes += bytes.length;
    }
    if (this.timer === undefined) this.pump();
  }

  state(): LogState {
    const now = this.clock();
    const [oldest] = this.held;
    return {
      heldLines: this.held.length,
      heldBytes: this.heldBytes,
      waitsMs: oldest === undefined ? null : now - oldest.at,
      droppedLines: this.droppedLines,
      lastDropMs: this.lastDroppedAt === null ? null : now - this.lastDroppedAt,
      failure: this.failure,
    };
  }

  /** The last words of a process that ends: waits for room, but no longer than this, and blocks meanwhile. */
  flush(withinMs: number): void {
    const until = this.clock() + withinMs;
    clearTimeout(this.timer);
    this.timer = undefined;
    for (;;) {
      const progress = this.attempt();
      this.closeGap();
      if (this.held.length === 0 && this.gap === null) return;
      if (progress) continue;
      if (this.failure !== 'EAGAIN' || this.clock() >= until) return;
      sleep(FIRST_RETRY_MS);
    }
  }

  private drop(): void {
    const now = this.clock();
    this.droppedLines += 1;
    this.lastDroppedAt = now;
    this.gap ??= { lines: 0, since: now, failure: null };
    this.gap.lines += 1;
    this.gap.failure = this.failure ?? this.gap.failure;
  }

  private pump(): void {
    this.timer = undefined;
    while (this.held.length > 0 && this.attempt());
    this.closeGap();
    if (this.held.length === 0 || this.timer !== undefined) return;
    this.timer = setTimeout(() => this.pump(), this.retryMs);
    this.timer.unref();
    const last = this.failure === 'EAGAIN' ? LAST_RETRY_MS.EAGAIN : LAST_RETRY_MS.other;
    this.retryMs = Math.min(2 * this.retryMs, last);
  }

  /** One write. Whether anything was taken. */
  private attempt(): boolean {
    const batch = this.batch();
    if (batch.length === 0) return false;
    try {
      const taken = this.writeBytes(batch);
      this.failure = null;
      this.retryMs = FIRST_RETRY_MS;
      this.forget(taken);
      return taken > 0;
    } catch (error) {
      this.failure = (error as NodeJS.ErrnoException | undefined)?.code ?? 'unknown';
      return false;
    }
  }

  private batch(): Buffer {
    const [first] = this.held;
    if (first === undefined) return Buffer.alloc(0);
    if (this.held.length === 1) return first.bytes;
    const parts: Buffer[] = [];
    let length = 0;
    for (const { bytes } of this.held) {
      if (length > 0 && length + bytes.length > LARGEST_WRITE_BYTES) break;
      parts.push(bytes);
      length += bytes.length;
    }
    return Buffer.concat(parts, length);
  }

  /** What is left of a line that was written in part stays at the head, whatever is dropped. */
  private forget(taken: number): void {
    this.heldBytes -= taken;
    let count = 0;
    let left = taken;
    for (const line of this.held) {
      if (left < line.bytes.length) {
        line.bytes = line.bytes.subarray(left);
        break;
      }
      left -= line.bytes.length;
      count += 1;
    }
    if (count > 0) this.held = this.held.slice(count);
  }

  private closeGap(): void {
    if (this.gap === null || this.heldBytes > MAX_HELD_BYTES / 2) return;
    const { lines, since, failure } = this.gap;
    this.gap = null;
    this.onGap({ droppedLines: lines, failure, lastedMs: Math.round(this.clock() - since) });
  }
}

function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

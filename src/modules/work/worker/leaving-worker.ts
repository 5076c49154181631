import { Worker } from 'bullmq';
import type { Redis } from 'ioredis';
import { withDeadline } from '../../kernel/index.js';

/** Of the grace: left for a job to note that it was told to stop. */
const LAST_WORDS_MS = 1000;
/** Without a job there is nothing to wait for but a goodbye to Redis, which may never be answered. */
const IDLE_GOODBYE_MS = 500;
const FORCE_MS = 200;

/**
 * A worker whose `close()` ends within its grace: that of BullMQ waits for its jobs and for Redis, whatever becomes of
 * them. It has a connection of its own, which BullMQ duplicates and leaves it to us to close.
 */
export class LeavingWorker extends Worker {
  /** How long the next `close()` lets active jobs finish, ms. */
  graceMs = 0;
  private left: Promise<void> | undefined;

  override close(): Promise<void> {
    this.left ??= this.leave();
    return this.left;
  }

  private async leave(): Promise<void> {
    try {
      await this.finish(this.graceMs);
    } finally {
      (this.opts.connection as Redis).disconnect();
    }
  }

  private async finish(graceMs: number): Promise<void> {
    // The promise is followed to its end, past the grace too: a late rejection has a handler.
    const finished = super.close().catch((error: Error) => void this.emit('error', error));
    const idle = this.lockManager.getActiveJobCount() === 0;
    const waitMs = idle ? Math.min(IDLE_GOODBYE_MS, graceMs) : graceMs;
    const lastWordsMs = Math.min(LAST_WORDS_MS, waitMs / 5);
    const inTime = await withDeadline(waitMs - lastWordsMs, () => finished);
    if (inTime.kind !== 'timed-out') return;
    this.cancelAllJobs('the worker stops');
    const atLast = await withDeadline(lastWordsMs, () => finished);
    // What is still running keeps its lock until that expires; then another worker takes it over.
    if (atLast.kind === 'timed-out') await withDeadline(FORCE_MS, () => this.abandon());
  }

  /** What `close()` of BullMQ ends last, when it does not come so far: its timer would keep a process from ending. */
  private async abandon(): Promise<void> {
    await this.lockManager.close();
    await this.getBackend().close(true);
  }
}

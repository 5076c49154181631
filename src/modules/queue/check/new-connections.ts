import { loopLateness, withOwnTime } from '../../kernel/index.js';
import type { RedisFailure } from '../../redis/index.js';
import type { QueueLook } from '../look/queue-look.js';
import type { RedisLook } from '../look/redis-look.js';

const EVERY_MS = 10_000;
/** One that failed is tried again sooner, so that the warning ends soon after its cause. */
const AGAIN_MS = 3000;
const LATE: ReadonlySet<string> = new Set(['redis.timeout', 'redis.connect_timeout']);

export const isLate = ({ code }: RedisFailure): boolean => LATE.has(code);

/** Now and then a new connection, beside the one that is open: it shows a changed password, or a full server. */
export class NewConnections {
  private at = -Infinity;
  private known: RedisFailure | null = null;

  constructor(
    private readonly look: QueueLook,
    private readonly options: { readonly withinMs: number; readonly isSlow: () => boolean },
  ) {}

  /** Of the last one; null when it worked. */
  get failure(): RedisFailure | null {
    return this.known;
  }

  /** Tries one when it is due; undefined when it is not. `now` is a monotonic time in ms. */
  async ask(now: number, signal: AbortSignal): Promise<RedisFailure | null | undefined> {
    const everyMs = this.known === null ? EVERY_MS : AGAIN_MS;
    return now - this.at >= everyMs ? await this.connect(signal) : undefined;
  }

  /** Takes in what it came to, beside the look that was had at the same time. */
  note(at: number, look: RedisLook, ended: RedisFailure | null | undefined): void {
    // A look that failed says it all; one that had to connect anew was a new one itself.
    const saidByLook = look.failure !== null || look.reconnected;
    if (!saidByLook && ended === undefined) return;
    this.at = at;
    this.known = saidByLook ? null : (ended ?? null);
  }

  /** Whether a new connection works, and all that it takes in time, where that says something of Redis. */
  private async connect(signal: AbortSignal): Promise<RedisFailure | null> {
    const { withinMs, isSlow } = this.options;
    const loop = loopLateness();
    const outcome = await withOwnTime(withinMs, (late) =>
      this.look.freshConnection(withinMs, AbortSignal.any([signal, late])),
    );
    loop.stop();
    const lateMs = loop.lateMs();
    const text = `no new connection within ${withinMs} ms`;
    const tooLate: RedisFailure = { code: 'redis.connect_timeout', text, disconnected: false };
    const failure = outcome.kind === 'answered' ? outcome.value : tooLate;
    if (failure === null || !isLate(failure)) return failure;
    // A new connection takes several answers: of a Redis that is known to be slow it says nothing new that they come
    // too late, and nothing at all where it was this process that kept them waiting.
    return isSlow() || lateMs > withinMs / 2 ? null : failure;
  }
}

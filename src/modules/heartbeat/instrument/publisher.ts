import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';
import type { Redis } from 'ioredis';
import { monotonic } from '../../health/index.js';
import type { HeartbeatBody, WorkerState } from '../heartbeat.js';
import { queueKey } from '../../queue/index.js';
import { aliveChannel, heartbeatKey, indexKey, sentinelKey, type QueueScope } from '../keys.js';
import { BEAT_SCRIPT } from './beat.script.js';

/** A dead worker's last heartbeat is kept this long, so that its death can be told from never having lived. */
const KEEP_MS = 900_000;
const GOODBYE_MS = 1000;
/** Two beats asked for by events are at least so far apart. */
const COALESCE_MS = 200;
const LOOP_RESOLUTION_MS = 20;
/** Of the interval, and only ever shorter than it. */
const JITTER = 0.1;

/** What a heartbeat says that the publisher cannot know by itself. */
export type BeatContent = Omit<
  HeartbeatBody,
  | 'id'
  | 'incarnation'
  | 'sequence'
  | 'watched'
  | 'upForMs'
  | 'eventLoopDelayMs'
  | 'skewMs'
  | 'queue'
  | 'prefix'
>;

/** What the server told in return. */
export interface BeatReply {
  readonly waiting: boolean;
  readonly queuePaused: boolean;
  readonly queueAtLimit: boolean;
}

export interface PublisherParts {
  readonly scope: QueueScope;
  readonly workerId: string;
  readonly incarnation: string;
  readonly intervalMs: number;
  readonly redis: Redis;
  content(): BeatContent;
  /** Called after every heartbeat that Redis took. */
  told(reply: BeatReply): void;
  /** Called when the connection is gone or a heartbeat was refused; the text is not redacted. */
  failed(reason: string): void;
}

/** Sends the heartbeats of one worker, for as long as it lives, and its goodbye. */
export class Publisher {
  private readonly startedAt = monotonic();
  private readonly loop: IntervalHistogram = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  private timer: NodeJS.Timeout | undefined;
  private inFlight: Promise<void> | undefined;
  private sequence = 0;
  private watched = false;
  private skewMs = 0;
  private sentAt = -Infinity;
  private again = false;
  private ended: Promise<void> | undefined;

  constructor(private readonly parts: PublisherParts) {
    this.loop.enable();
    const { redis } = parts;
    redis.on('ready', () => void this.onReady());
    redis.on('close', () => this.onClose());
    if (redis.status === 'ready') void this.onReady();
    else this.schedule(parts.intervalMs);
  }

  /** An event worth telling before the next beat is due. */
  soon(): void {
    if (this.ended !== undefined || this.parts.redis.status !== 'ready') return;
    if (this.inFlight !== undefined) this.again = true;
    else this.schedule(Math.max(0, this.sentAt + COALESCE_MS - monotonic()));
  }

  /** The last heartbeat; bounded, and it never rejects. */
  goodbye(): Promise<void> {
    this.ended ??= this.end();
    return this.ended;
  }

  private async onReady(): Promise<void> {
    const { scope, workerId, incarnation, redis } = this.parts;
    try {
      await redis.subscribe(aliveChannel(scope, workerId, incarnation));
      this.watched = true;
    } catch {
      // An ACL may forbid channels; then only the age of the heartbeat tells of a death.
      this.watched = false;
    }
    if (this.ended === undefined) this.schedule(0);
  }

  private onClose(): void {
    this.watched = false;
    if (this.ended === undefined) this.parts.failed('the connection to Redis is closed');
  }

  /** Workers that were started together drift apart, and two of one id are both seen sooner or later. */
  private jittered(): number {
    return this.parts.intervalMs * (1 - JITTER * Math.random());
  }

  private schedule(delayMs: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.tick(), delayMs);
    this.timer.unref();
  }

  private async tick(): Promise<void> {
    if (this.inFlight !== undefined || this.ended !== undefined) return;
    this.inFlight = this.beat(this.parts.content()).finally(() => {
      this.inFlight = undefined;
      if (this.ended !== undefined) return;
      this.schedule(this.again ? COALESCE_MS : this.jittered());
      this.again = false;
    });
    await this.inFlight;
  }

  private async beat(content: BeatContent): Promise<void> {
    const { redis } = this.parts;
    if (redis.status !== 'ready') return;
    const sentAt = monotonic();
    this.sentAt = sentAt;
    const sentWall = Date.now();
    try {
      const reply = await this.send(this.bodyOf(content));
      // Half the way there and half the way back.
      this.skewMs = Math.round(sentWall + (monotonic() - sentAt) / 2 - reply.serverMs);
      this.parts.told(reply);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.parts.failed(reason);
      // An answer that never comes means a connection that is half open.
      if (reason === 'Command timed out') redis.disconnect(true);
    }
  }

  private async send(body: HeartbeatBody): Promise<BeatReply & { serverMs: number }> {
    const { scope, redis } = this.parts;
    const keys = [heartbeatKey(scope, body.id), indexKey(scope), sentinelKey(scope)].concat(
      ['wait', 'prioritized', 'delayed', 'meta', 'active'].map((name) => queueKey(scope, scope.queue, name)),
    );
    const answer = (await redis.eval(
      BEAT_SCRIPT,
      keys.length,
      ...keys,
      body.id,
      JSON.stringify(body),
      KEEP_MS,
    )) as [string, number, number, string | null | undefined, number | undefined];
    const [serverMs, waiting, paused, limit, active] = answer;
    return {
      serverMs: Number(serverMs),
      waiting: waiting > 0,
      queuePaused: paused === 1,
      queueAtLimit: limit != null && Number(active ?? 0) >= Number(limit),
    };
  }

  private bodyOf(content: BeatContent): HeartbeatBody {
    const { scope, workerId, incarnation } = this.parts;
    const delayMs = Math.max(0, this.loop.max / 1e6 - LOOP_RESOLUTION_MS);
    this.loop.reset();
    return {
      ...content,
      id: workerId,
      incarnation,
      queue: scope.queue,
      prefix: scope.prefix,
      sequence: this.sequence++,
      watched: this.watched,
      upForMs: Math.round(monotonic() - this.startedAt),
      eventLoopDelayMs: Number.isFinite(delayMs) ? Math.round(delayMs) : 0,
      skewMs: this.skewMs,
    };
  }

  private async end(): Promise<void> {
    clearTimeout(this.timer);
    this.loop.disable();
    const { redis } = this.parts;
    const state: WorkerState = 'stopped';
    const said = (async () => {
      await this.inFlight;
      await this.beat({ ...this.parts.content(), state });
    })();
    await Promise.race([said, new Promise((resolve) => setTimeout(resolve, GOODBYE_MS).unref())]);
    redis.disconnect();
  }
}

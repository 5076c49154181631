import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';
import type { Redis } from 'ioredis';
import type { HeartbeatBody, WorkerState } from './heartbeat.js';
import type { LimitFacts, RateWindow } from './limits.policy.js';
import { maySubscribe } from './beat-connection.js';
import { monotonic } from './clock.js';
import { aliveChannel, bullKey, heartbeatKey, indexKey, stampKey, type QueueScope } from './keys.js';
import { BEAT_SCRIPT } from './beat.script.js';

/** A dead worker's last heartbeat is kept this long, so that its death can be told from never having lived. */
const KEEP_MS = 900_000;
const GOODBYE_MS = 1000;
/** A job does not wait longer for the heartbeat that tells of it. */
const TOLD_WITHIN_MS = 500;
/** Two beats asked for by events are at least so far apart. */
const COALESCE_MS = 200;
const LOOP_RESOLUTION_MS = 20;
/** A beat that took longer says nothing of the worker's clock. */
const SKEW_WITHIN_MS = 1000;
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
  /** Jobs wait that are due by both clocks. */
  readonly waiting: boolean;
  /** The limits of the queue; those that the worker brings along are its own to add. */
  readonly queue: Omit<LimitFacts, 'rateLimitLeftMs'> & { readonly rate: RateWindow };
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
  private waiting: (() => void)[] = [];
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

  /** Resolves when a heartbeat that begins from now on was taken, or after a moment; never rejects. */
  async told(): Promise<void> {
    const taken = new Promise<void>((resolve) => this.waiting.push(resolve));
    this.soon();
    await Promise.race([taken, new Promise((resolve) => setTimeout(resolve, TOLD_WITHIN_MS).unref())]);
  }

  /** The last heartbeat; bounded, and it never rejects. */
  goodbye(): Promise<void> {
    this.ended ??= this.end();
    return this.ended;
  }

  private async onReady(): Promise<void> {
    const { scope, workerId, incarnation, redis } = this.parts;
    try {
      this.watched = false;
      if (maySubscribe(redis)) {
        await redis.subscribe(aliveChannel(scope, workerId, incarnation));
        this.watched = true;
      }
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
    this.inFlight = this.beat().finally(() => {
      this.inFlight = undefined;
      if (this.ended !== undefined) return;
      this.schedule(this.again ? COALESCE_MS : this.jittered());
      this.again = false;
    });
    await this.inFlight;
  }

  /** Never rejects, whatever the content is made of: a timer would have nobody to tell. */
  private async beat(last: Partial<BeatContent> = {}): Promise<void> {
    const { redis } = this.parts;
    if (redis.status !== 'ready') return;
    const sentAt = monotonic();
    this.sentAt = sentAt;
    const sentWall = Date.now();
    const waiting = this.waiting.splice(0);
    try {
      const reply = await this.send(this.bodyOf({ ...this.parts.content(), ...last }));
      this.learnSkew(sentWall, monotonic() - sentAt, reply.serverMs);
      this.parts.told(reply);
      for (const resolve of waiting) resolve();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.parts.failed(reason);
      // An answer that never comes means a connection that is half open.
      if (reason === 'Command timed out') redis.disconnect(true);
    }
  }

  /** Half the way there and half the way back; a way that took long says nothing of the clock. */
  private learnSkew(sentWall: number, tookMs: number, serverMs: number): void {
    if (tookMs <= SKEW_WITHIN_MS) this.skewMs = Math.round(sentWall + tookMs / 2 - serverMs);
  }

  private async send(body: HeartbeatBody): Promise<BeatReply & { serverMs: number }> {
    const { scope, redis } = this.parts;
    const keys = [heartbeatKey(scope, body.id), indexKey(scope), stampKey(scope)].concat(
      ['wait', 'prioritized', 'delayed', 'meta', 'active', 'limiter'].map((name) => bullKey(scope, name)),
    );
    const answer = (await redis.eval(
      BEAT_SCRIPT,
      keys.length,
      ...keys,
      body.id,
      JSON.stringify(body),
      KEEP_MS,
      Date.now(),
    )) as [string, number, number, string | null, number, string | null, number, number];
    const [serverMs, waiting, paused, concurrency, active, max, used, leftMs] = answer;
    const numberOf = (text: string | null) => (text === null ? null : Number(text));
    return {
      serverMs: Number(serverMs),
      waiting: waiting > 0,
      queue: {
        paused: paused === 1,
        concurrency: numberOf(concurrency),
        active,
        rate: { max: numberOf(max), used, leftMs },
      },
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
      await this.beat({ state });
    })();
    await Promise.race([said, new Promise((resolve) => setTimeout(resolve, GOODBYE_MS).unref())]);
    redis.disconnect();
  }
}

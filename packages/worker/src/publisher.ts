import { monitorEventLoopDelay, type IntervalHistogram } from 'node:perf_hooks';
import { AliveChannel } from './alive-channel.js';
import type { Connect } from './beat-connection.js';
import { BeatLine, type BeatKnown, type BeatMoment, type BeatReply } from './beat-line.js';
import { monotonic } from './clock.js';
import type { HeartbeatBody, StoredHeartbeat, WorkerState } from './heartbeat.js';
import { aliveChannel, type QueueScope } from './keys.js';
import type { RedisClient } from './redis-client.js';
import { VERSION, WIRE_VERSION } from './version.js';

const GOODBYE_MS = 1000;
/** A job does not wait longer for the heartbeat that tells of it. */
const TOLD_WITHIN_MS = 500;
/** Two beats asked for by events are at least so far apart. */
const COALESCE_MS = 200;
const LOOP_RESOLUTION_MS = 20;
/** Of the interval, and only ever shorter than it. */
const JITTER = 0.1;

/** What a heartbeat says that the publisher cannot know by itself. */
export type BeatContent = Omit<
  HeartbeatBody,
  | 'wire'
  | 'version'
  | 'clock'
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

export interface PublisherParts {
  readonly scope: QueueScope;
  readonly workerId: string;
  readonly incarnation: string;
  readonly intervalMs: number;
  content(): BeatContent;
  moment(): BeatMoment;
  /** Called after every heartbeat that Redis took. */
  told(reply: BeatReply): void;
  /** Called when the connection is gone or a heartbeat was refused; the text is not redacted. */
  failed(reason: string): void;
}

/** Sends the heartbeats of one worker, from when it has a connection for as long as it lives, and its goodbye. */
export class Publisher {
  private readonly startedAt = monotonic();
  private readonly loop: IntervalHistogram = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  private redis: RedisClient | undefined;
  private line: BeatLine | undefined;
  private alive: AliveChannel | undefined;
  private timer: NodeJS.Timeout | undefined;
  private inFlight: Promise<void> | undefined;
  private sequence = 0;
  private sentAt = -Infinity;
  private again: BeatReply['again'] = null;
  private waiting: (() => void)[] = [];
  private ended: Promise<void> | undefined;

  constructor(private readonly parts: PublisherParts) {
    this.loop.enable();
  }

  /** Makes the connection, unless goodbye was said before one could be made. */
  connect(connect: Connect): RedisClient | undefined {
    if (this.ended !== undefined) return undefined;
    const { scope, workerId, incarnation, intervalMs } = this.parts;
    const redis = connect(`probity:heartbeat:${workerId}`);
    this.redis = redis;
    this.alive = new AliveChannel(
      aliveChannel(scope, workerId, incarnation),
      () => connect(`probity:alive:${workerId}`),
      () => this.soon(),
    );
    redis.on('ready', () => void this.onReady(redis));
    redis.on('close', () => this.onClose());
    if (redis.status === 'ready') void this.onReady(redis);
    else this.schedule(intervalMs);
    return redis;
  }

  /** An event worth telling before the next beat is due. */
  soon(): void {
    if (this.ended !== undefined || this.redis?.status !== 'ready') return;
    if (this.inFlight !== undefined) this.again ??= 'soon';
    else this.schedule(Math.max(0, this.sentAt + COALESCE_MS - monotonic()));
  }

  /** Resolves when a heartbeat that begins from now on was taken, or after a moment; never rejects. */
  async told(): Promise<void> {
    const taken = new Promise<void>((resolve) => this.waiting.push(resolve));
    this.soon();
    await within(TOLD_WITHIN_MS, taken);
  }

  /** The last heartbeat; bounded, and it never rejects. */
  goodbye(): Promise<void> {
    this.ended ??= this.end();
    return this.ended;
  }

  private async onReady(redis: RedisClient): Promise<void> {
    const { scope, workerId, intervalMs } = this.parts;
    this.line = new BeatLine(redis, scope, workerId, intervalMs);
    await this.alive?.open(redis);
    if (this.ended === undefined) this.schedule(0);
  }

  private onClose(): void {
    this.alive?.closed();
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
    const began = monotonic();
    this.inFlight = this.beat().finally(() => {
      this.inFlight = undefined;
      if (this.ended !== undefined) return;
      // From start to start: a slow Redis makes no heartbeat late by what the one before had to wait.
      const soonest = Math.min(COALESCE_MS, this.parts.intervalMs / 2);
      const due = Math.max(soonest, this.jittered() - (monotonic() - began));
      const delayMs = { now: 0, soon: COALESCE_MS };
      this.schedule(this.again === null ? due : delayMs[this.again]);
      this.again = null;
    });
    await this.inFlight;
  }

  /** Never rejects, whatever the content is made of: a timer would have nobody to tell. */
  private async beat(last: Partial<BeatContent> = {}): Promise<void> {
    const { redis, line } = this;
    if (redis?.status !== 'ready' || line === undefined) return;
    this.sentAt = monotonic();
    this.alive?.keepAlive(this.sentAt);
    const waiting = this.waiting.splice(0);
    try {
      const reply = await line.send(this.parts.moment(), (known) =>
        this.heartbeat({ ...this.parts.content(), ...last }, known),
      );
      // What it was asked for meanwhile is not less urgent.
      if (reply.again !== null) this.again = reply.again;
      this.parts.told(reply);
      for (const resolve of waiting) resolve();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      this.parts.failed(reason);
      // An answer that never comes means a connection that is half open, and a replica was the primary before.
      if (/^(Command timed out|READONLY)/.test(reason)) redis.disconnect(true);
    }
  }

  private heartbeat(content: BeatContent, known: BeatKnown): StoredHeartbeat {
    const { scope, workerId, incarnation } = this.parts;
    const delayMs = Math.max(0, this.loop.max / 1e6 - LOOP_RESOLUTION_MS);
    this.loop.reset();
    return {
      ...known,
      ...content,
      wire: WIRE_VERSION,
      version: VERSION,
      id: workerId,
      incarnation,
      queue: scope.queue,
      prefix: scope.prefix,
      sequence: this.sequence++,
      watched: this.alive?.watched ?? false,
      upForMs: Math.round(monotonic() - this.startedAt),
      eventLoopDelayMs: Number.isFinite(delayMs) ? Math.round(delayMs) : 0,
    };
  }

  private async end(): Promise<void> {
    clearTimeout(this.timer);
    this.loop.disable();
    const state: WorkerState = 'stopped';
    const said = (async () => {
      await this.inFlight;
      await this.beat({ state });
    })();
    await within(GOODBYE_MS, said);
    this.alive?.end();
    this.redis?.disconnect();
  }
}

/** Resolves with the promise or after so long, and leaves no timer behind. */
async function within(ms: number, promise: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms).unref();
  });
  await Promise.race([promise, late]);
  clearTimeout(timer);
}

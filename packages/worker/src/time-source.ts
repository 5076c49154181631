import { monotonic } from './clock.js';
import type { RedisClient, RedisCommand } from './redis-client.js';
import { runPipeline, valueOf } from './run-pipeline.js';
import { SERVER_MS_SCRIPT } from './server-clock.js';
import { serverTimeAfter, serverTimeAt, wasOff, type ServerTime } from './server-time.policy.js';

/** By which clock heartbeats are timed: that of Redis, told by TIME or by a script, or, as a last resort, our own. */
export type ClockKind = 'server' | 'script' | 'own';

/** A script costs some commands, so it is asked this seldom. */
const SCRIPT_EVERY_MS = 30_000;

export interface Sent {
  readonly at: number;
  readonly wall: number;
}

export const sentNow = (): Sent => ({ at: monotonic(), wall: Date.now() });

/** The time by the clock of the server that one connection leads to. */
export class TimeSource {
  private known: ServerTime | null = null;
  private source: ClockKind = 'server';
  private scriptedAt = -Infinity;

  /** `key`: where a script may write for a moment. */
  constructor(private readonly key: string) {}

  get kind(): ClockKind {
    return this.source;
  }

  get skewMs(): number {
    return this.known?.skewMs ?? 0;
  }

  /** Epoch ms at which a command arrives that is sent now. */
  now(): number {
    return this.known === null ? Date.now() : serverTimeAt(this.known, monotonic());
  }

  commands(): readonly RedisCommand[] {
    return this.source === 'server' ? [['time']] : [];
  }

  /** Takes the answer of TIME; whether what was sent with the question told a wrong time. */
  learn(sent: Sent, answer: unknown): boolean {
    const serverMs = msOf(answer);
    if (serverMs === null) {
      this.source = 'script';
      return false;
    }
    return this.took(sent, serverMs);
  }

  /** Asks by other means, where TIME is withheld. */
  async ask(redis: RedisClient): Promise<void> {
    if (this.source !== 'script' || monotonic() - this.scriptedAt < SCRIPT_EVERY_MS) return;
    const sent = sentNow();
    const [answer] = await runPipeline(redis, [['eval', SERVER_MS_SCRIPT, 1, this.key]]);
    const serverMs = Number(valueOf(answer) ?? NaN);
    this.scriptedAt = monotonic();
    if (Number.isFinite(serverMs)) this.took(sent, serverMs);
    else this.source = 'own';
  }

  private took(sent: Sent, serverMs: number): boolean {
    const answer = { sentAt: sent.at, sentWall: sent.wall, tookMs: monotonic() - sent.at, serverMs };
    const off = this.known !== null && wasOff(this.known, answer);
    this.known = serverTimeAfter(this.known, answer);
    return off;
  }
}

/** TIME answers seconds and microseconds; null when it did not answer. */
function msOf(time: unknown): number | null {
  if (!Array.isArray(time)) return null;
  const [seconds, micros] = time.map(Number);
  const ms = (seconds ?? NaN) * 1000 + Math.floor((micros ?? NaN) / 1000);
  return Number.isFinite(ms) ? ms : null;
}

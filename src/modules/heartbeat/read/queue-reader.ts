import type { Redis } from 'ioredis';
import { aliveChannel, type QueueScope } from '@probity/worker/wire';
import { attempted } from '../../redis/index.js';
import type { Life, QueueReading } from './reading.js';
import type { Heartbeat } from '../heartbeat.js';
import { HeartbeatReader } from './heartbeat-reader.js';
import { SlowReader } from './slow-reader.js';

/** A worker whose connection broke is back within this time, unless it is dead. */
const SECOND_SIGHT_MS = 300;

const NOTHING_ASKED = { suspects: [], waited: [] };

/** Looks at one queue through a connection that is passed in, so that its owner can cut it off. */
export class QueueReader {
  private readonly slow: SlowReader;
  private readonly heartbeats: HeartbeatReader;

  constructor(private readonly scope: QueueScope) {
    this.heartbeats = new HeartbeatReader(scope);
    this.slow = new SlowReader(scope);
  }

  /** `lives` are the workers known from before, whose channels are asked after too. */
  async read(
    redis: Redis,
    lives: readonly Life[],
    mono: number,
    asked: { readonly suspects: readonly string[]; readonly waited: readonly string[] } = NOTHING_ASKED,
  ): Promise<QueueReading> {
    const { now, heartbeats, unread } = await this.heartbeats.read(
      redis,
      lives.map((life) => life.id),
      mono,
    );
    const [{ present, absent }, slow] = await Promise.all([
      this.presence(redis, watchedLives(heartbeats, lives)),
      this.slow.read(redis, { now, mono, heartbeats, ...asked }),
    ]);
    return {
      queue: this.scope.queue,
      now,
      heartbeats,
      unread,
      present,
      absent,
      slow,
    };
  }

  private async presence(
    redis: Redis,
    lives: readonly Life[],
  ): Promise<{ present: Set<string>; absent: Set<string> }> {
    const present = new Set<string>();
    const look = async (whom: readonly Life[]): Promise<readonly Life[]> => {
      if (whom.length === 0) return [];
      const channels = whom.map((life) => aliveChannel(this.scope, life.id, life.incarnation));
      const [reply] = await attempted(redis, (pipeline) => pipeline.pubsub('NUMSUB', ...channels));
      // Not permitted: only the age of the heartbeat tells.
      if (reply === null) return [];
      const numbers = (reply as (string | number)[]).filter((_, index) => index % 2 === 1).map(Number);
      whom.forEach((life, index) => numbers[index] !== 0 && present.add(life.incarnation));
      return whom.filter((_, index) => numbers[index] === 0);
    };
    const missing = await look(lives);
    if (missing.length === 0) return { present, absent: new Set() };
    await new Promise((resolve) => setTimeout(resolve, SECOND_SIGHT_MS).unref());
    const gone = await look(missing);
    return { present, absent: new Set(gone.map((life) => life.incarnation)) };
  }
}

/** Goodbyes need no proof of death, and lives that could not subscribe would look dead for ever. */
function watchedLives(heartbeats: readonly Heartbeat[], lives: readonly Life[]): readonly Life[] {
  const current = new Map(heartbeats.map((each) => [each.id, each]));
  return [
    ...heartbeats.filter((each) => each.watched && each.state !== 'stopped'),
    ...lives.filter((life) => !current.has(life.id)),
  ];
}

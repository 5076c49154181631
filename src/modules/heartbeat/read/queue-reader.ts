import type { Redis } from 'ioredis';
import type { QueueScope } from '@probity/worker/wire';
import type { Asked, Life, QueueReading } from './reading.js';
import type { Heartbeat } from '../heartbeat.js';
import { HeartbeatReader } from './heartbeat-reader.js';
import { isWatched, livesWithoutChannel } from './presence-of-lives.js';
import type { Round } from './round.js';
import { SlowReader } from './slow-reader.js';

/** A worker whose connection broke is back within this time, unless it is dead. */
const SECOND_SIGHT_MS = 300;

const NOTHING_ASKED: Asked = { suspects: [], waited: [], quiet: false };

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
    round: Round,
    lives: readonly Life[],
    asked: Asked = NOTHING_ASKED,
  ): Promise<QueueReading> {
    const { now, heartbeats, unread } = await this.heartbeats.read(
      redis,
      lives.map((life) => life.id),
      round,
    );
    const [{ present, absent }, slow] = await Promise.all([
      this.presence(redis, watchedLives(heartbeats, lives)),
      this.slow.read(redis, { ...round, heartbeats, ...asked }),
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
    const { prefix, queue } = this.scope;
    const look = async (whom: readonly Life[]): Promise<readonly Life[]> => {
      if (whom.length === 0) return [];
      const missing = await livesWithoutChannel(
        redis,
        prefix,
        whom.map((life) => ({ ...life, queue })),
      );
      if (missing === null) return [];
      const lost = new Set(missing.map((life) => life.incarnation));
      for (const { incarnation } of whom) if (!lost.has(incarnation)) present.add(incarnation);
      return missing;
    };
    const missing = await look(lives);
    if (missing.length === 0) return { present, absent: new Set() };
    await new Promise((resolve) => setTimeout(resolve, SECOND_SIGHT_MS).unref());
    const gone = await look(missing);
    return { present, absent: new Set(gone.map((life) => life.incarnation)) };
  }
}

function watchedLives(heartbeats: readonly Heartbeat[], lives: readonly Life[]): readonly Life[] {
  const current = new Map(heartbeats.map((each) => [each.id, each]));
  return [...heartbeats.filter(isWatched), ...lives.filter((life) => !current.has(life.id))];
}

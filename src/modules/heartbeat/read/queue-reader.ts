import type { ChainableCommander, Redis } from 'ioredis';
import { SERVER_CLOCK_SCRIPT } from '../../redis/index.js';
import type { Life, QueueReading, SlowReading } from './reading.js';
import { readHeartbeat, type Heartbeat } from '../heartbeat.js';
import { aliveChannel, heartbeatKey, indexKey, type QueueScope } from '../keys.js';
import { attempted, pipelined } from './pipeline.js';
import { SlowReader } from './slow-reader.js';

/** A worker whose connection broke is back within this time, unless it is dead. */
const SECOND_SIGHT_MS = 300;
/** The list of workers changes seldom; heartbeats of known ones are read every time. */
const INDEX_EVERY_MS = 2000;

const NOTHING_ASKED = { suspects: [], waited: [] };

/** Looks at one queue through a connection that is passed in, so that its owner can cut it off. */
export class QueueReader {
  private readonly slow: SlowReader;
  private ids: readonly string[] = [];
  private indexReadAt = -Infinity;
  /** An ACL may forbid TIME; BullMQ does not need it. */
  private timeWithheld = false;

  constructor(private readonly scope: QueueScope) {
    this.slow = new SlowReader(scope);
  }

  /** `lives` are the workers known from before, whose channels are asked after too. */
  async read(
    redis: Redis,
    lives: readonly Life[],
    mono: number,
    asked: { readonly suspects: readonly string[]; readonly waited: readonly string[] } = NOTHING_ASKED,
  ): Promise<QueueReading> {
    if (mono - this.indexReadAt >= INDEX_EVERY_MS - 100) {
      this.ids = await redis.zrange(indexKey(this.scope), '0', '-1');
      this.indexReadAt = mono;
    }
    const ids = [...new Set([...this.ids, ...lives.map((life) => life.id)])];
    const { time, texts } = await this.timeAndTexts(redis, ids);
    const heartbeats = ((texts ?? []) as (string | null)[])
      .map((text) => (text === null ? null : readHeartbeat(text)))
      .filter((each): each is Heartbeat => each !== null);
    const now = time;
    const { present, absent } = await this.presence(redis, watchedLives(heartbeats, lives));
    return {
      queue: this.scope.queue,
      now,
      heartbeats,
      present,
      absent,
      slow: await this.slow.read(redis, { now, mono, heartbeats, ...asked }),
    };
  }

  private async timeAndTexts(
    redis: Redis,
    ids: readonly string[],
  ): Promise<{ time: number; texts: unknown }> {
    const mget = (pipeline: ChainableCommander) =>
      ids.length > 0 ? pipeline.mget(ids.map((id) => heartbeatKey(this.scope, id))) : pipeline;
    if (!this.timeWithheld) {
      const [time, texts] = await attempted(redis, (pipeline) => mget(pipeline.time()));
      if (time !== null && texts !== null) return { time: serverMs(time), texts };
      this.timeWithheld = time === null && texts !== null;
    }
    // It throws what an error of anything else was.
    const [time, texts] = await pipelined(redis, (pipeline) =>
      mget(pipeline.eval(SERVER_CLOCK_SCRIPT, 1, `${indexKey(this.scope)}:clock`)),
    );
    return { time: Number(time), texts };
  }

  /** The last look at the slow part, for when Redis cannot be asked. */
  get lastSlow(): SlowReading | null {
    return this.slow.last;
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

function serverMs(time: unknown): number {
  const [seconds, micros] = time as [string | number, string | number];
  return Number(seconds) * 1000 + Math.floor(Number(micros) / 1000);
}

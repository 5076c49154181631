import type { StoredHeartbeat } from './heartbeat.js';
import { heartbeatKey, indexKey, type QueueScope } from './keys.js';
import { commandsOf, factsAfter } from './looks.js';
import {
  isDoubtful,
  limitsKnown,
  nextLook,
  NO_FACTS,
  type Asked,
  type Facts,
  type Look,
  type Situation,
} from './looks.policy.js';
import type { RedisClient, RedisCommand } from './redis-client.js';
import { runPipeline, valueOf, type Answer } from './run-pipeline.js';
import { sentNow, TimeSource } from './time-source.js';

/** A dead worker's last heartbeat is kept this long, so that its death can be told from never having lived. */
const KEEP_MS = 900_000;
/** The list of workers is rid of the dead this often. */
const TIDY_EVERY_MS = 120_000;
/** Asked before the first heartbeat, so that it is complete. */
const OPENING: readonly Look[] = ['stamp', 'waiting', 'limits'];

/** What the worker does, as far as it decides what to ask. */
export interface BeatMoment {
  /** It takes jobs, and has a slot free. */
  readonly free: boolean;
  readonly pickedUp: number;
  /** The worker's own options have a rate limit. */
  readonly limited: boolean;
}

/** What a heartbeat can say only when it is sent. */
export type BeatKnown = Pick<StoredHeartbeat, 'at' | 'sentinel' | 'clock' | 'skewMs'>;

/** What the server told in return. */
export interface BeatReply {
  readonly facts: Facts;
  readonly limitsKnown: boolean;
  /** The next heartbeat is needed at once, for this one told a wrong time; or soon, to learn what it could not. */
  readonly again: 'now' | 'soon' | null;
}

/**
 * Heartbeats over one connection. Each is one round trip of four commands at most: stored, listed, timed, and one
 * look, in the place of the time when it takes two. What is known is forgotten with the connection.
 */
export class BeatLine {
  private readonly time: TimeSource;
  private facts: Facts = NO_FACTS;
  private asked: Asked = {};
  private readonly refused = new Set<Look>();
  private beat = 0;
  private pickedUp: number | null = null;
  private opened = false;
  private corrected = false;

  constructor(
    private readonly redis: RedisClient,
    private readonly scope: QueueScope,
    private readonly workerId: string,
    private readonly intervalMs: number,
  ) {
    this.time = new TimeSource(`${indexKey(scope)}:clock`);
  }

  /** Rejects when the heartbeat was not taken. */
  async send(moment: BeatMoment, heartbeat: (known: BeatKnown) => StoredHeartbeat): Promise<BeatReply> {
    if (!this.opened) await this.open();
    await this.time.ask(this.redis);
    const now = this.situation(moment);
    const look = nextLook(now);
    const at = this.time.now();
    const looking = look === null ? [] : this.commandsOf(look, at);
    // What takes two commands takes the place of the time, and is seldom.
    const timing = looking.length > 1 ? [] : this.time.commands();
    const { sentinel } = this.facts;
    const text = JSON.stringify(heartbeat({ at, sentinel, clock: this.time.kind, skewMs: this.time.skewMs }));
    const sent = sentNow();
    const [stored, listed, ...answers] = await runPipeline(this.redis, [
      ['set', heartbeatKey(this.scope, this.workerId), text, 'PX', KEEP_MS],
      ['zadd', indexKey(this.scope), at, this.workerId],
      ...timing,
      ...looking,
    ]);
    for (const answer of [stored, listed]) if (answer?.[0]) throw answer[0];
    const off = timing.length > 0 && this.time.learn(sent, valueOf(answers.shift()));
    if (look !== null) this.learn(look, answers);
    const lost = this.beat > 0 && Number(valueOf(listed)) === 1;
    if (lost) this.forget('stamp');
    this.beat += 1;
    const wrong = off && !this.corrected;
    this.corrected = wrong;
    const after = { ...now, asked: this.asked, facts: this.facts };
    const doubtful = lost || isDoubtful(after);
    return {
      facts: this.facts,
      limitsKnown: limitsKnown(after),
      again: wrong ? 'now' : doubtful ? 'soon' : null,
    };
  }

  private async open(): Promise<void> {
    const sent = sentNow();
    const looking = OPENING.flatMap((look) => this.commandsOf(look, this.time.now()));
    const [time, ...answers] = await runPipeline(this.redis, [...this.time.commands(), ...looking]);
    this.time.learn(sent, valueOf(time));
    for (const look of OPENING) this.learn(look, answers.splice(0, 1));
    this.opened = true;
  }

  private commandsOf(look: Look, now: number): readonly RedisCommand[] {
    return commandsOf(look, { scope: this.scope, now, ownNow: Date.now(), keepMs: KEEP_MS });
  }

  private situation({ free, pickedUp, limited }: BeatMoment): Situation {
    const quiet = free && (this.pickedUp === null || this.pickedUp === pickedUp);
    this.pickedUp = pickedUp;
    // A worker at work does not ask, and what it heard before is no news when it has nothing to do again.
    if (!quiet) {
      this.forget('waiting', 'due');
      this.facts = { ...this.facts, waiting: false, due: false };
    }
    return {
      beat: this.beat,
      asked: this.asked,
      refused: this.refused,
      facts: this.facts,
      quiet,
      limited,
      tidyEvery: Math.max(1, Math.floor(TIDY_EVERY_MS / this.intervalMs)),
    };
  }

  private learn(look: Look, answers: readonly Answer[]): void {
    if (answers.some(([error]) => error !== null)) {
      this.refused.add(look);
      return;
    }
    this.facts = factsAfter(this.facts, look, answers.map(valueOf));
    this.asked = { ...this.asked, [look]: this.beat };
  }

  private forget(...looks: readonly Look[]): void {
    this.asked = Object.fromEntries(
      Object.entries(this.asked).filter(([look]) => !looks.includes(look as Look)),
    );
  }
}

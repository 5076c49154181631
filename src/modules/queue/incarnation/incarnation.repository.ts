import { Inject, Injectable } from '@nestjs/common';
import { hostname } from 'node:os';
import { Database } from '../../database/index.js';
import { describeTarget, isLoopback } from '../../redis/index.js';
import { QUEUE_OPTIONS, type QueueOptions } from '../queue.options.js';
import type { Incarnation } from './incarnation.state.js';

interface Row {
  readonly sentinel: string;
  /** bigint travels as text. */
  readonly high_water: string;
}

/** What Postgres remembers of each queue. Every call rejects while Postgres is away. */
@Injectable()
export class IncarnationRepository {
  /** Tells this queue from one of the same name elsewhere: a loopback address means another Redis on each machine. */
  private readonly place: string;

  constructor(
    @Inject(QUEUE_OPTIONS) options: QueueOptions,
    private readonly database: Database,
  ) {
    const { redis: target, prefix } = options;
    const address = `${isLoopback(target) ? `${hostname()}!` : ''}${describeTarget(target)}`;
    this.place = [address, target?.db ?? 0, prefix].join('|');
  }

  /** Whether there is anything that remembers. */
  get remembers(): boolean {
    return this.database.remembers;
  }

  async recall(queue: string): Promise<Incarnation | null> {
    if (!this.remembers) return null;
    const { rows } = await this.database.query<Row>(
      'SELECT sentinel, high_water FROM queue_incarnations WHERE queue_key = $1',
      [this.keyOf(queue)],
    );
    const row = rows[0];
    return row === undefined ? null : { sentinel: row.sentinel, highWater: Number(row.high_water) };
  }

  /** Writes the incarnation over whatever is there. */
  async remember(queue: string, { sentinel, highWater }: Incarnation): Promise<void> {
    if (!this.remembers) return;
    await this.database.query(
      `INSERT INTO queue_incarnations (queue_key, sentinel, high_water) VALUES ($1, $2, $3)
       ON CONFLICT (queue_key) DO UPDATE SET sentinel = $2, high_water = $3, updated_at = now()`,
      [this.keyOf(queue), sentinel, highWater],
    );
  }

  /** Raises the high-water mark of this very incarnation; of another, it leaves everything as it is. */
  async raise(queue: string, { sentinel, highWater }: Incarnation): Promise<void> {
    if (!this.remembers) return;
    await this.database.query(
      `UPDATE queue_incarnations SET high_water = $3, updated_at = now()
       WHERE queue_key = $1 AND sentinel = $2 AND high_water < $3`,
      [this.keyOf(queue), sentinel, highWater],
    );
  }

  private keyOf(queue: string): string {
    return `${this.place}|${queue}`;
  }
}

import { bullKey, type QueueScope } from '@probity/worker/wire';
import type { Redis } from 'ioredis';
import { attempted } from '../../redis/index.js';
import type { Finishes } from './reading.js';

/** A job that ends well leaves some four events; what it returned stands in one of them, so no more are asked for. */
const EVENTS = 40;

/** Of what ZREVRANGE answers with scores. */
export function membersOf(scored: readonly string[]): readonly string[] {
  return scored.filter((_, index) => index % 2 === 0);
}

export function scoresOf(scored: readonly string[]): readonly number[] {
  return scored.filter((_, index) => index % 2 === 1).map(Number);
}

/**
 * How the last jobs ended by what BullMQ tells those who listen to it, for a queue that keeps no completed job: those
 * may be removed at once. Null when this is withheld.
 */
export async function eventsInstead(redis: Redis, scope: QueueScope): Promise<Finishes['events']> {
  const [reply] = await attempted(redis, (pipeline) =>
    pipeline.xrevrange(bullKey(scope, 'events'), '+', '-', 'COUNT', EVENTS),
  );
  if (reply == null) return null;
  return (reply as [id: string, fields: string[]][]).flatMap(([id, fields]) => {
    const event = fields[fields.findIndex((field, index) => index % 2 === 0 && field === 'event') + 1];
    if (event !== 'completed' && event !== 'failed') return [];
    return [{ at: Number(id.split('-')[0]), well: event === 'completed' }];
  });
}

import { describe, expect, it } from '@jest/globals';
import { BeatLine, type BeatKnown } from '../../../packages/worker/src/beat-line.js';
import type { StoredHeartbeat } from '../../../packages/worker/src/heartbeat.js';
import type { RedisClient, RedisCommand } from '../../../packages/worker/src/redis-client.js';

/** A Redis whose clock can be set, which no real one of ours can. */
class ClockedRedis {
  offMs = 0;
  readonly sent: string[][] = [];
  readonly client = {
    pipeline: (commands: readonly RedisCommand[]) => ({
      exec: async () => {
        this.sent.push(commands.map(([name]) => String(name)));
        return commands.map(([name]) => [null, this.answer(String(name))]);
      },
    }),
  } as unknown as RedisClient;

  private answer(name: string): unknown {
    const ms = Date.now() + this.offMs;
    if (name === 'time') return [String(Math.floor(ms / 1000)), String((ms % 1000) * 1000)];
    return name === 'hmget' ? [null, null, null] : name === 'set' ? 'OK' : 0;
  }
}

function started() {
  const redis = new ClockedRedis();
  const line = new BeatLine(redis.client, { prefix: 'bull', queue: 'q' }, 'worker-1', 2000);
  const told: BeatKnown[] = [];
  const beat = () =>
    line.send({ free: false, pickedUp: 0, limited: false }, (known) => {
      told.push(known);
      return known as StoredHeartbeat;
    });
  const offBy = () => (told.at(-1)?.at ?? 0) - Date.now() - redis.offMs;
  return { redis, beat, offBy };
}

describe('the time of a heartbeat', () => {
  it('is right from the first one on, for it was asked for before', async () => {
    const { redis, beat, offBy } = started();
    redis.offMs = 7_200_000;
    expect((await beat()).again).toBeNull();
    expect(Math.abs(offBy())).toBeLessThan(100);
    expect(redis.sent.map(([first]) => first)).toEqual(['time', 'set']);
  });

  it('is told again at once when the clock of Redis was set, and once only', async () => {
    const { redis, beat, offBy } = started();
    for (let before = 0; before < 3; before++) expect((await beat()).again).toBeNull();
    redis.offMs = -60_000;
    expect((await beat()).again).toBe('now');
    expect(offBy()).toBeGreaterThan(50_000);
    // Were it off all the time, it would not be told of all the time.
    redis.offMs = 60_000;
    expect((await beat()).again).toBeNull();
    expect((await beat()).again).toBeNull();
    expect(Math.abs(offBy())).toBeLessThan(100);
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { WIRE_VERSION } from '@probity/worker/wire';
import { parseHeartbeat, wireOf } from '../../../src/modules/heartbeat/heartbeat.js';
import { heartbeat, LIMITS, NOON, reading, seen, verdictOf } from './given.js';

/** As a worker of that version left it in Redis, recorded from a real one. */
const recorded = (name: string) =>
  JSON.parse(
    readFileSync(new URL(`../../fixtures/heartbeats/${name}.json`, import.meta.url), 'utf8'),
  ) as Record<string, unknown>;

describe('a heartbeat of a worker that is older than its watcher', () => {
  it.each(['worker-first', 'worker-1.0'])('is read to its meaning: %s', (name) => {
    const json = recorded(name);
    const read = parseHeartbeat(json);
    const at = json['at'] as number;
    expect(read).toMatchObject({
      at,
      wire: 1,
      version: null,
      bullmq: null,
      clock: 'server',
      id: 'emails-1',
      queue: 'emails',
      state: 'running',
      watched: true,
      everRan: true,
      concurrency: 2,
      limiterMax: 50,
      pickedUp: 3,
      completed: 1,
      failed: 1,
      failuresInARow: 1,
      startedAt: at - (json['upForMs'] as number),
      idleWhileWaitingSince: null,
      active: [{ id: 'c', name: null, attempt: 1, stuckAfterMs: null }],
    });
    expect(read?.active[0]?.startedAt).toBe(
      at - (json['active'] as [{ startedAgeMs: number }])[0].startedAgeMs,
    );
    expect(read?.token).toBe(json['token'] ?? '');
  });

  it.each(['worker-first', 'worker-1.0'])('leads to the verdict that it led to: %s', (name) => {
    const read = parseHeartbeat(recorded(name));
    if (read === null) throw new Error('it was not read');
    expect(verdictOf(seen(reading(read.at + 500, { heartbeats: [read] }))).code).toBe('worker.healthy');
    const later = reading(read.at + 900_500, { heartbeats: [{ ...read, at: read.at + 900_000 }] });
    const stuck = verdictOf(seen(later), { limits: { ...LIMITS, jobStuckAfterMs: -1 } });
    expect(stuck.message).toMatch(/^Job c on emails-1 has made no progress/);
  });
});

describe('a heartbeat of a worker that is newer than its watcher', () => {
  const newer = (parts: Record<string, unknown>) => ({
    ...wireOf(heartbeat(NOON)),
    wire: WIRE_VERSION + 1,
    ...parts,
  });

  it('is read as far as it is understood', () => {
    const read = parseHeartbeat(
      newer({ clock: 'atomic', active: { by: 'id' }, mood: 'good', concurrency: null, pickedUp: 7 }),
    );
    expect(read).toMatchObject({ wire: WIRE_VERSION + 1, clock: 'server', active: [], pickedUp: 7 });
    expect(read).not.toHaveProperty('mood');
  });

  it('is none without what every heartbeat says', () => {
    expect(parseHeartbeat(newer({ at: 'noon' }))).toBeNull();
    expect(parseHeartbeat(newer({ state: 'meditating' }))).toBeNull();
  });

  it('gets no such leave while it says that it is of a version that is known', () => {
    expect(parseHeartbeat(newer({ wire: WIRE_VERSION, clock: 'atomic' }))).toBeNull();
    expect(parseHeartbeat(newer({ wire: 0 }))).toBeNull();
  });
});

describe('what a heartbeat says of its jobs', () => {
  it('is their names, where they are stuck', () => {
    const job = { id: '7', name: 'send-mail', startedAgeMs: 1_000_000, progressAgeMs: null, attempt: 1 };
    const verdict = verdictOf(seen(reading(NOON, { heartbeats: [heartbeat(NOON, { active: [job] })] })));
    expect(verdict.message).toMatch(/^Job 7 \(send-mail\) on worker-1 has made no progress/);
    expect(verdict.details).toMatchObject({ stuckJobs: [{ jobId: '7', name: 'send-mail' }] });
  });
});

describe('a worker that can no longer subscribe to its channel', () => {
  it('is back with its next heartbeat, though the channel is empty', () => {
    const beat = (at: number, watched: boolean) => heartbeat(at, { watched });
    const gone = [
      reading(NOON, { heartbeats: [beat(NOON, true)] }),
      reading(NOON + 1000, { heartbeats: [beat(NOON, true)], absent: new Set(['life-1']) }),
    ];
    expect(seen(...gone).evidence.workers[0]?.goneSince).not.toBeNull();
    const next = { heartbeats: [beat(NOON + 5000, false)], present: new Set<string>() };
    expect(seen(...gone, reading(NOON + 5100, next)).evidence.workers[0]?.goneSince).toBeNull();
  });
});

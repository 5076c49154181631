import { describe, expect, it } from '@jest/globals';
import { assessLeases, iso, leaseRow } from '../../../src/modules/heartbeat/assess/leases.assess.js';
import { assessed, evidence, heartbeat, LIMITS, NOON, slow } from './given.js';

const held = (id: string) => [{ id, startedAgeMs: 4000, progressAgeMs: null, attempt: 1 }];
const active = (parts: Parameters<typeof slow>[0] = {}, rest: Parameters<typeof evidence>[0] = {}) =>
  evidence({ slow: slow({ activeIds: ['9'], ...parts }), ...rest });
const leases = (given: ReturnType<typeof evidence>, ...workers: readonly ReturnType<typeof assessed>[]) =>
  assessLeases(given, workers, LIMITS.timeoutMs);
const lock = (leftMs: number, token: string | null = null) => ({ jobId: '9', token, leftMs });

describe('an active job of which a heartbeat tells', () => {
  const told = (ageMs: number) => assessed({}, heartbeat(NOON - ageMs, { active: held('9') }));

  it('is held by its worker since it was started, and lives by the heartbeat', () => {
    const worker = told(1000);
    expect(leases(active(), assessed({}, heartbeat(NOON, { active: held('8') })), worker)).toEqual([
      {
        jobId: '9',
        holder: worker,
        lockedAt: NOON - 5000,
        lastSignAt: NOON - 1000,
        ageMs: 1000,
        stale: false,
        lockLeftMs: null,
      },
    ]);
  });

  it('is stale when that is older than the timeout, whatever its lock says', () => {
    expect(leases(active(), told(30_000))).toMatchObject([{ ageMs: 30_000, stale: false }]);
    const old = leases(active({ locks: [lock(2000)] }), told(30_001));
    expect(old).toMatchObject([{ ageMs: 30_001, stale: true, lockLeftMs: 2000 }]);
  });

  it('is held by who told of it last, in whatever order they are known', () => {
    const [before, now] = [told(60_000), told(0)];
    for (const both of [
      [before, now],
      [now, before],
    ]) {
      expect(leases(active(), ...both)).toMatchObject([{ holder: now, ageMs: 0, stale: false }]);
    }
  });

  it('is of now when the heartbeat came after the look', () => {
    expect(leases(active(), told(-300))).toMatchObject([{ ageMs: 0, lastSignAt: NOON + 300 }]);
  });

  it('is found by its id as it is shown', () => {
    const worker = assessed({}, heartbeat(NOON, { active: held('a\nb') }));
    const shown = worker.worker.heartbeat.active[0]?.id;
    expect(shown).not.toContain('\n');
    expect(leases(active({ activeIds: ['a\nb'] }), worker)).toMatchObject([{ jobId: shown, holder: worker }]);
  });

  it('has an id of at most two hundred characters', () => {
    const [long] = leases(active({ activeIds: ['x'.repeat(300)] }));
    expect(long?.jobId).toHaveLength(200);
  });
});

describe('an active job of which no heartbeat tells', () => {
  const since = (ageMs: number) => ({ activeSince: new Map([['9', NOON - ageMs]]) });

  it('lives by its lock, since it was first seen', () => {
    const lived = { lockedAt: NOON - 90_000, lastSignAt: NOON, ageMs: 0, stale: false };
    expect(leases(active({ locks: [lock(1)] }, since(90_000)))).toMatchObject([{ ...lived, lockLeftMs: 1 }]);
    expect(leases(active({}, since(90_000)))).toMatchObject([{ ...lived, lockLeftMs: null }]);
  });

  it('is stale when its lock ran out and it was seen for longer than the timeout', () => {
    const seen = (ageMs: number) => leases(active({ locks: [lock(0)] }, since(ageMs)));
    expect(seen(30_000)).toMatchObject([{ ageMs: 30_000, stale: false, lockLeftMs: 0 }]);
    expect(seen(30_001)).toMatchObject([{ ageMs: 30_001, stale: true, lastSignAt: NOON - 30_001 }]);
  });

  it('is of now when it was never seen before', () => {
    expect(leases(active({ locks: [lock(0)] }))).toMatchObject([{ lockedAt: NOON, ageMs: 0, stale: false }]);
  });

  it('is listed beside the others, each with its own lock', () => {
    const locks = [
      { jobId: '8', token: null, leftMs: 7 },
      { jobId: '9', token: null, leftMs: 5 },
    ];
    const found = leases(active({ activeIds: ['9', '8', '7'], locks }));
    expect(found.map(({ jobId, lockLeftMs }) => [jobId, lockLeftMs])).toEqual([
      ['9', 5],
      ['8', 7],
      ['7', null],
    ]);
  });

  describe('is held', () => {
    const [first, second] = ['bull-1', 'bull-2'].map((token) =>
      assessed({}, heartbeat(NOON, { id: token, token })),
    ) as [ReturnType<typeof assessed>, ReturnType<typeof assessed>];
    const silent = assessed({ state: 'silent' }, heartbeat(NOON, { id: 'old', token: 'old' }));
    const nameless = assessed({}, heartbeat(NOON, { id: 'nameless' }));
    const holder = (token: string | null, ...workers: readonly ReturnType<typeof assessed>[]) =>
      leases(active({ locks: [lock(9000, token)] }), ...workers)[0]?.holder;

    it('by the worker that its lock names, alive or not', () => {
      expect(holder('bull-2:4', first, second)).toBe(second);
      expect(holder('old:4', first, silent)).toBe(silent);
    });

    it('by nobody that is known when its lock names another', () => {
      expect(holder('bull-3:4', first)).toBeNull();
      expect(holder('4:bull-1', first)).toBeNull();
      expect(holder('bull-3:4', nameless)).toBeNull();
    });

    it('by the only worker that is alive when nobody is named', () => {
      expect(holder(null, silent, first)).toBe(first);
      expect(holder(null, nameless)).toBe(nameless);
      expect(leases(active(), silent, first)[0]?.holder).toBe(first);
    });

    it('by nobody that is known when nobody is named, and several or none are alive', () => {
      expect(holder(null, first, second)).toBeNull();
      expect(holder(null, silent)).toBeNull();
      expect(holder(null)).toBeNull();
    });
  });
});

it('no lease is known before the queue has been looked at', () => {
  expect(leases(evidence({ slow: null }), assessed({}, heartbeat(NOON, { active: held('9') })))).toEqual([]);
});

describe('the row of a lease', () => {
  const lease = {
    jobId: '9',
    holder: assessed(),
    lockedAt: NOON - 5000,
    lastSignAt: null,
    ageMs: 1000.6,
    stale: true,
    lockLeftMs: 5,
  };

  it('names job, queue and worker, and gives times as dates', () => {
    expect(leaseRow(lease, 'execution')).toEqual({
      jobId: '9',
      queue: 'execution',
      workerId: 'worker-1',
      lockedAt: new Date(NOON - 5000).toISOString(),
      lastHeartbeatAt: null,
      ageMs: 1001,
      stale: true,
    });
    expect(leaseRow({ ...lease, lockedAt: null, lastSignAt: NOON }, 'execution')).toMatchObject({
      lockedAt: null,
      lastHeartbeatAt: '2027-01-15T08:00:00.000Z',
    });
  });

  it('says so when its holder is unknown', () => {
    expect(leaseRow({ ...lease, holder: null }, 'execution').workerId).toBe('unknown');
  });
});

it('the first moment of all is a time like any other', () => {
  expect(iso(0)).toBe('1970-01-01T00:00:00.000Z');
  expect(iso(null)).toBeNull();
});

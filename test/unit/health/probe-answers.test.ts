import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ProbeAnswers, type ProbeReply, type ProbeRequest } from '../../../src/modules/health/index.js';
import { record } from '../../../src/modules/health/board/board.state.js';
import type { Snapshot } from '../../../src/modules/health/board/snapshot.js';
import { monotonic } from '../../../src/modules/kernel/index.js';
import type { LivenessState } from '../../../src/modules/liveness/index.js';
import { apiWith, service } from '../../fixtures/health.js';

/** A source whose snapshot the test replaces, with the checks answered just now. */
function probes(options: { opsToken?: string; snapshot?: Snapshot; fresh?: () => Promise<Snapshot> } = {}) {
  const state = {
    snapshot: options.snapshot ?? now(apiWith()),
    snapshotReads: 0,
    freshRuns: 0,
    liveness: { live: true, reason: null, since: 0 } as LivenessState,
  };
  const answers = new ProbeAnswers(
    {
      snapshot: () => (state.snapshotReads++, state.snapshot),
      fresh: () => {
        state.freshRuns++;
        return options.fresh?.() ?? Promise.resolve(state.snapshot);
      },
      liveness: () => state.liveness,
      sample: () => ({ cpuUsage: 0, memoryUsage: {}, activeConnections: 0 }),
    },
    { service, opsToken: options.opsToken },
  );
  return { state, ask: (request: ProbeRequest) => answers.answer(request) };
}

/** The same checks, answered at this moment and to be believed for so long. */
function now(snapshot: Snapshot, validForMs = 60_000): Snapshot {
  const [wall, mono] = [Date.now(), monotonic()];
  return {
    version: snapshot.version,
    checks: snapshot.checks.map((check) => ({
      ...check,
      checkedAt: wall,
      answeredAt: mono,
      validUntil: mono + validForMs,
    })),
  };
}

// Time passes only when the test says so: an answer expires then, and not because the machine is busy.
beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());
const pass = (ms: number): void => void jest.advanceTimersByTime(ms);

const bodyOf = (reply: ProbeReply | Promise<ProbeReply>): Record<string, unknown> => {
  if (reply instanceof Promise) throw new Error('the answer was not at hand');
  return JSON.parse(reply.body) as Record<string, unknown>;
};

describe('an uptime', () => {
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('is the time that the process has run, whatever the clock on the wall is set to', () => {
    const { ask } = probes();
    const before = process.uptime();
    jest.spyOn(Date, 'now').mockReturnValue(service.startedAt - 3_600_000);
    for (const [probe, field, unit] of [
      ['livez', 'uptimeMs', 1000],
      ['healthz', 'uptimeMs', 1000],
      ['health', 'uptime', 1],
    ] as const) {
      const seconds = (bodyOf(ask({ probe }))[field] as number) / unit;
      expect(seconds).toBeGreaterThanOrEqual(Math.floor(before * 10) / 10);
      expect(seconds).toBeLessThan(before + 60);
    }
  });
});

describe('an answer', () => {
  it('is put together without waiting for anything', () => {
    const { ask } = probes();
    for (const probe of ['livez', 'readyz', 'healthz', 'ready', 'heartbeat', 'health'] as const)
      expect(ask({ probe })).not.toBeInstanceOf(Promise);
  });

  it('changes with the snapshot, and its timestamp with the moment', async () => {
    const { ask, state } = probes();
    const first = bodyOf(ask({ probe: 'readyz' }));
    expect(first['ready']).toBe(true);
    const down = now(apiWith({ key: 'queue', code: 'check.down' }));
    state.snapshot = { ...down, version: 2 };
    const second = bodyOf(ask({ probe: 'readyz' }));
    expect(second['ready']).toBe(false);
    pass(5);
    expect(bodyOf(ask({ probe: 'readyz' }))['timestamp']).not.toBe(second['timestamp']);
  });

  it('fails closed when nothing feeds the board any more, though the snapshot never changes', async () => {
    const { ask } = probes({ snapshot: now(apiWith(), 40) });
    expect(ask({ probe: 'readyz' })).toMatchObject({ statusCode: 200 });
    expect(ask({ probe: 'ready' })).toMatchObject({ statusCode: 200 });
    pass(60);
    const reply = ask({ probe: 'readyz' });
    expect(reply).toMatchObject({ statusCode: 503 });
    expect(bodyOf(reply)).toMatchObject({
      ready: false,
      checks: { queue: { status: 'fail', code: 'check.stale' } },
    });
    expect(ask({ probe: 'ready' })).toMatchObject({ statusCode: 503 });
    expect(ask({ probe: 'heartbeat' })).toMatchObject({ statusCode: 503 });
    expect(ask({ probe: 'health' })).toMatchObject({ statusCode: 503 });
  });

  it('fails closed check by check, as each expires', async () => {
    const snapshot = now(apiWith(), 60_000);
    const checks = snapshot.checks.map((check) =>
      check.key === 'llm' ? { ...check, validUntil: check.answeredAt + 30 } : check,
    );
    const { ask } = probes({ snapshot: { ...snapshot, checks } });
    expect(ask({ probe: 'readyz' })).toMatchObject({ statusCode: 200 });
    pass(50);
    expect(bodyOf(ask({ probe: 'readyz' }))).toMatchObject({
      checks: { llm: { code: 'check.stale' }, queue: { code: 'check.up' } },
    });
  });

  it.each([
    ['application/health+json', 'application/health+json'],
    ['text/plain', 'text/plain'],
    ['application/json', 'application/json'],
    ['text/html', 'application/json'],
  ])('to Accept: %s is %s, on each endpoint that negotiates', (accept, type) => {
    const { ask } = probes();
    for (const probe of ['readyz', 'healthz', 'health'] as const)
      expect(ask({ probe, accept })).toMatchObject({
        contentType: `${type}; charset=utf-8`,
        statusCode: 200,
      });
  });

  it.each(['ready', 'heartbeat', 'livez'] as const)('of %s is JSON, whatever is accepted', (probe) => {
    const { ask } = probes();
    expect(ask({ probe, accept: 'text/plain' })).toMatchObject({
      contentType: 'application/json; charset=utf-8',
    });
  });

  it('for an unknown check is 404 and lists the known ones', () => {
    const reply = probes().ask({ probe: 'readyz', check: 'nobody' });
    expect(reply).toMatchObject({ statusCode: 404, contentType: 'application/problem+json; charset=utf-8' });
    expect(bodyOf(reply)).toMatchObject({ status: 404, checks: expect.arrayContaining(['queue', 'worker']) });
  });
});

describe('GET /livez', () => {
  it('asks the liveness of now, never the board', () => {
    const { ask, state } = probes();
    expect(bodyOf(ask({ probe: 'livez' }))).toMatchObject({ status: 'alive', live: true, reason: null });
    state.liveness = { live: false, reason: 'worker.wedged', since: 1 };
    const reply = ask({ probe: 'livez' });
    expect(reply).toMatchObject({ statusCode: 503 });
    expect(bodyOf(reply)).toMatchObject({ status: 'dead', live: false, reason: 'worker.wedged' });
    expect(state.snapshotReads).toBe(0);
  });

  it('shows in /healthz at once, too', () => {
    const { ask, state } = probes();
    expect(bodyOf(ask({ probe: 'healthz' }))).toMatchObject({ live: true });
    state.liveness = { live: false, reason: 'worker.wedged', since: 1 };
    expect(bodyOf(ask({ probe: 'healthz' }))).toMatchObject({ live: false, livenessReason: 'worker.wedged' });
  });
});

describe('with OPS_TOKEN set', () => {
  const authorization = 'Bearer token-1234';

  it('only its bearer sees details, message by message', () => {
    const { ask } = probes({ opsToken: 'token-1234' });
    const query = 'verbose';
    const operator = ask({ probe: 'readyz', query, authorization }) as ProbeReply;
    const everyone = ask({ probe: 'readyz', query }) as ProbeReply;
    const stranger = ask({ probe: 'readyz', query, authorization: 'Bearer token-0000' }) as ProbeReply;
    expect(operator.body).toContain('host-1');
    expect(everyone.body).not.toContain('host-1');
    expect(stranger.body).not.toContain('host-1');
    expect(everyone.statusCode).toBe(operator.statusCode);
  });

  it('an answer for the one is never served to the other', () => {
    const { ask } = probes({ opsToken: 'token-1234' });
    for (let turn = 0; turn < 3; turn++) {
      expect((ask({ probe: 'health', authorization }) as ProbeReply).body).toContain('host-1');
      expect((ask({ probe: 'health' }) as ProbeReply).body).not.toContain('host-1');
    }
  });

  it('only its bearer may ask for a fresh run; others get the last answer', async () => {
    const { ask, state } = probes({ opsToken: 'token-1234' });
    expect(ask({ probe: 'readyz', query: 'fresh' })).not.toBeInstanceOf(Promise);
    expect(state.freshRuns).toBe(0);
    await ask({ probe: 'readyz', query: 'fresh', authorization });
    expect(state.freshRuns).toBe(1);
  });
});

describe('?fresh and ?verbose', () => {
  it('run the checks first and answer from what they said', async () => {
    const { ask } = probes({
      fresh: () => Promise.resolve({ ...now(apiWith({ key: 'queue', code: 'check.down' })), version: 9 }),
    });
    expect(await ask({ probe: 'readyz', query: 'fresh' })).toMatchObject({ statusCode: 503 });
    expect(ask({ probe: 'readyz' })).toMatchObject({ statusCode: 200 });
  });

  it.each(['verbose', 'verbose=', 'verbose=1', 'verbose=true', 'a=b&verbose'])('%s is on', (query) => {
    expect(bodyOf(probes().ask({ probe: 'readyz', query }))).toMatchObject({
      checks: { queue: { details: { host: 'host-1' }, runbook: expect.any(String) } },
    });
  });

  it.each([undefined, '', 'verbose=0', 'verbose=false', 'verbos'])('%s is off', (query) => {
    const { checks } = bodyOf(probes().ask({ probe: 'readyz', query })) as { checks: Record<string, object> };
    expect(checks['queue']).not.toHaveProperty('details');
  });
});

describe('a check that never answered', () => {
  it('is pending, not stale, however long ago the process started', () => {
    const { checks, version } = now(apiWith());
    const never = {
      ...checks[0],
      code: 'check.pending',
      status: 'fail',
      checkedAt: null,
      validUntil: 0,
    } as never;
    const { ask } = probes({ snapshot: { version, checks: [never, ...checks.slice(1)] } });
    expect(bodyOf(ask({ probe: 'readyz' }))).toMatchObject({ ready: false, error: expect.any(String) });
    expect((ask({ probe: 'readyz' }) as ProbeReply).body).toContain('check.pending');
  });
});

// `record` is what feeds a snapshot; an answer that it refreshed is believed again.
it('an answer that came back in time is believed again', async () => {
  const snapshot = now(apiWith(), 20);
  const { ask, state } = probes({ snapshot });
  pass(30);
  expect(ask({ probe: 'readyz' })).toMatchObject({ statusCode: 503 });
  const checks = snapshot.checks.map(
    (check) =>
      record(
        check,
        {
          answer: { code: check.code, message: check.message, details: {} },
          latencyMs: 1,
          validUntil: monotonic() + 1000,
          recoverAfter: 1,
        },
        { now: Date.now(), mono: monotonic() },
      ).record,
  );
  state.snapshot = { version: 2, checks };
  expect(ask({ probe: 'readyz' })).toMatchObject({ statusCode: 200 });
});

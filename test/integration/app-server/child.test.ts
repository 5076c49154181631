import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { fakeWorker, ready } from '../../fixtures/app-server.js';
import { crowd, eventually } from '../../fixtures/eventually.js';
import type { Probity, Reply } from '../../fixtures/probity.js';
import { tempDir } from '../../fixtures/temp-dir.js';

const reasonOf = (reply: Reply): string => reply.json.health.readiness.reason as string;

const untilReason = (worker: Probity, reason: string, timeoutMs = 10_000) =>
  worker.until('/healthz', (reply) => reasonOf(reply) === reason, { timeoutMs, what: reason });

const pidOf = async (worker: Probity): Promise<number> =>
  (await worker.get('/healthz')).json.worker_supervisor.pid as number;

const linesOf = (worker: Probity): Record<string, unknown>[] =>
  worker.process.lines.flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as never] : []));

const isAlive = (pid: number): boolean => {
  try {
    return !/^\d+ \(.*\) [ZX]/.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

describe('a child that does well', () => {
  it('is ready once its models were listed, page after page', async () => {
    const worker = await fakeWorker('well');
    await ready(worker);
    const { status, json } = await worker.get('/healthz');
    expect(status).toBe(200);
    expect(json).toMatchObject({
      app_server_enabled: true,
      health: {
        readiness: {
          ready: true,
          reason: 'handshake_complete',
          handshake: { at: expect.any(String), models: ['fake-large', 'fake-small', 'fake-tiny'] },
          details: { restarts_total: 0, last_exit: null },
        },
        liveness: { live: true, reason: 'worker_running' },
      },
      worker_supervisor: {
        enabled: true,
        running: true,
        ready: true,
        shutdown_in_flight: false,
        pid: expect.any(Number),
        restarts_total: 0,
        consecutive_failures: 0,
        next_restart_delay_ms: 0,
        last_exit: null,
        last_ready_at: expect.any(String),
        startup_latency_ms: expect.any(Number),
        metrics: { codex_worker_restarts_total: 0, codex_worker_latency_ms: expect.any(Number) },
      },
    });
  });

  it('that dies is not ready within 100 ms, live all the while, and ready again', async () => {
    // Long enough to be seen by whoever gets his turn rarely.
    const slowly = { WORKER_BACKOFF_INITIAL_MS: '3000', WORKER_BACKOFF_MAX_MS: '3000' };
    const worker = await fakeWorker('well', slowly);
    await ready(worker);
    process.kill(await pidOf(worker), 'SIGKILL');
    const killedAt = performance.now();
    const red = await worker.until('/readyz', ({ status }) => status === 503, { timeoutMs: 1000 });
    // Asked every 25 ms, so what is seen is that much late.
    expect(performance.now() - killedAt).toBeLessThan(5000 * crowd());
    expect(red.json.checks['app-server'].code).toBe('app_server.worker_exit');
    expect((await worker.get('/livez')).status).toBe(200);
    await ready(worker, 8000);
    expect(performance.now() - killedAt).toBeLessThan(10_000 * crowd());
    const { json } = await worker.get('/healthz');
    expect(json.worker_supervisor).toMatchObject({ restarts_total: 1, last_exit: { signal: 'SIGKILL' } });
    const { text } = await worker.get('/metrics');
    expect(text).toMatch(/codex_worker_restarts_total\{.*\} 1\n/);
    expect(text).toMatch(/codex_worker_ready\{.*\} 1\n/);
    const flips = linesOf(worker).filter((line) => 'readiness' in line);
    expect(flips.map(({ readiness, reason }) => [readiness, reason])).toEqual([
      [true, 'handshake_complete'],
      [false, 'worker_exit'],
      [true, 'handshake_complete'],
    ]);
    for (const flip of flips) expect(flip['elapsed_ms']).toEqual(expect.any(Number));
    const deaths = linesOf(worker).filter((line) => line['event'] === 'exited');
    expect(deaths).toEqual([
      expect.objectContaining({ code: null, signal: 'SIGKILL', backoffMs: expect.any(Number) }),
    ]);
  });

  it('is stopped with the worker, which exits 0', async () => {
    const worker = await fakeWorker('well');
    await ready(worker);
    const pid = await pidOf(worker);
    expect(await worker.process.stop()).toMatchObject({ code: 0 });
    expect(isAlive(pid)).toBe(false);
  });

  it('does not outlive a worker that is killed with -9', async () => {
    const worker = await fakeWorker('ignores-sigterm');
    await ready(worker);
    const pid = await pidOf(worker);
    await worker.process.kill();
    await eventually(() => !isAlive(pid), { timeoutMs: 3000, what: 'the end of the child' });
  });
});

describe('a child that ignores SIGTERM', () => {
  it('is killed after the grace', async () => {
    const worker = await fakeWorker('ignores-sigterm', { WORKER_SHUTDOWN_GRACE_MS: '300' });
    await ready(worker);
    const pid = await pidOf(worker);
    expect(await worker.process.stop()).toMatchObject({ code: 0 });
    expect(isAlive(pid)).toBe(false);
  });
});

describe('a child that dies again and again', () => {
  it.each(['dies-at-once', 'dies-after-handshake'])(
    'spends its budget, and then the worker is not live but goes on trying (%s)',
    async (mode) => {
      const worker = await fakeWorker(mode, { WORKER_RESTART_MAX: '3' });
      const dead = await worker.until('/livez', ({ status }) => status === 503);
      expect(dead.json).toMatchObject({ live: false, reason: 'app_server.restart_limit_exceeded' });
      const { json } = await worker.get('/healthz');
      expect(json.health.liveness).toMatchObject({ live: false, reason: 'restart_limit_exceeded' });
      expect(json.worker_supervisor.restarts_total).toBe(3);
      expect(json.worker_supervisor.next_restart_delay_ms).toBeGreaterThan(1000);
      const check = (await worker.get('/readyz/app-server')).json;
      expect(check).toMatchObject({
        code: 'app_server.restart_limit_exceeded',
        restart: 'helps',
        restartTarget: 'self',
      });
      // Told once, and live through every death before.
      const story = linesOf(worker).flatMap((line) =>
        line['event'] === 'exited' ? ['died'] : line['liveness'] === false ? ['not live'] : [],
      );
      expect(story).toEqual(['died', 'died', 'died', 'died', 'not live']);
    },
  );

  it('is told from the first death on by a program that is not there', async () => {
    const worker = await fakeWorker('well', {
      APP_SERVER_COMMAND: '/no/such/program app-server',
      WORKER_RESTART_MAX: '1',
    });
    await worker.until('/livez', ({ status }) => status === 503);
    const { json } = await worker.get('/healthz');
    expect(json.worker_supervisor.last_exit.error).toMatch(/\/no\/such\/program is not an executable file/);
  });

  it('is told which folder cannot be written', async () => {
    const file = join(tempDir('not-a-folder'), 'file');
    writeFileSync(file, '');
    const worker = await fakeWorker('well', { CODEX_HOME: file, WORKER_RESTART_MAX: '1' });
    await worker.until('/livez', ({ status }) => status === 503);
    const { json } = await worker.get('/healthz');
    expect(json.worker_supervisor.last_exit.error).toMatch(
      /^CODEX_HOME \(.*file\) cannot be written \(Not a directory\)/,
    );
  });

  it('listens and is told why, though its folder is one that takes for ever to be made', async () => {
    const worker = await fakeWorker('well', { CODEX_HOME: '/proc/nope', WORKER_RESTART_MAX: '1' });
    await worker.until('/livez', ({ status }) => status === 503);
    const { json } = await worker.get('/healthz');
    expect(json.worker_supervisor.last_exit.error).toBe(
      'CODEX_HOME (/proc/nope) cannot be written (No such file or directory); name a folder that this account may write to',
    );
  });

  it('listens, is told why and ends, though its folder hangs', async () => {
    const home = tempDir('hanging');
    mkdirSync(join(home, 'workspace'));
    // What a file system does that hangs: whoever asks it for something waits for ever.
    const bin = tempDir('bin');
    writeFileSync(join(bin, 'mkdir'), '#!/bin/sh\nexec sleep 600\n', { mode: 0o755 });
    const worker = await fakeWorker('well', {
      CODEX_HOME: home,
      PATH: `${bin}:${process.env['PATH'] ?? ''}`,
      WORKER_RESTART_MAX: '0',
    });
    await worker.until('/healthz', ({ json }) => json.worker_supervisor.last_exit !== null);
    const { json } = await worker.get('/healthz');
    expect(json.worker_supervisor.last_exit.error).toContain('cannot be written (no answer within 3 s)');
    expect(await worker.process.stop()).toMatchObject({ code: 0 });
  });
});

describe('a handshake', () => {
  it.each(['never-answers', 'never-reads'])(
    'that is never answered fails, and restarts (%s)',
    async (mode) => {
      const worker = await fakeWorker(mode, {
        WORKER_HANDSHAKE_TIMEOUT_MS: '300',
        WORKER_SHUTDOWN_GRACE_MS: '200',
      });
      await untilReason(worker, 'handshake_pending');
      await worker.until('/healthz', ({ json }) => json.worker_supervisor.restarts_total >= 1);
      const death = await eventually(() => linesOf(worker).find((line) => line['event'] === 'exited'));
      expect(death['cause']).toMatch(
        /the handshake failed: initialize was not answered within (29\d|300) ms/,
      );
      expect((await worker.get('/livez')).status).toBe(200);
    },
  );

  it('that takes longer than the startup may is cut off', async () => {
    const worker = await fakeWorker('never-answers', { WORKER_STARTUP_TIMEOUT_MS: '400' });
    const death = await eventually(() => linesOf(worker).find((line) => line['event'] === 'exited'));
    expect(death['cause']).toMatch(/did not start within 400 ms/);
  });

  it('that is refused, or ends without a model, says why', async () => {
    const [refuses, empty] = await Promise.all([fakeWorker('refuses'), fakeWorker('no-models')]);
    for (const [worker, why] of [
      [refuses, 'this client is not welcome'],
      [empty, 'it advertises no model'],
    ] as const) {
      const death = await eventually(() => linesOf(worker).find((line) => line['event'] === 'exited'));
      expect(death['cause']).toContain(why);
      expect((await worker.get('/readyz')).status).toBe(503);
    }
  });

  it('that is slow succeeds', async () => {
    const worker = await fakeWorker('answers-late');
    await untilReason(worker, 'handshake_pending');
    await ready(worker);
  });
});

describe('a child that is alive and mute', () => {
  it('is wedged within 5 s at the default cadence, not ready, and restarted', async () => {
    const worker = await fakeWorker('mute-after-handshake', {
      WORKER_PROBE_INTERVAL_MS: '2000',
      WORKER_PROBE_TIMEOUT_MS: '2000',
    });
    const startedAt = performance.now();
    const death = await eventually(() => linesOf(worker).find((line) => line['event'] === 'exited'), {
      timeoutMs: 8000,
    });
    expect(performance.now() - startedAt).toBeLessThan(20_000 * crowd());
    expect(death['cause']).toMatch(/it is wedged: model\/list was not answered within 2000 ms/);
  });

  it('that has been ready is told as wedged', async () => {
    const worker = await fakeWorker('well', { WORKER_SHUTDOWN_GRACE_MS: '4000' });
    await ready(worker);
    const pid = await pidOf(worker);
    process.kill(pid, 'SIGSTOP');
    const wedged = await untilReason(worker, 'worker_wedged', 3000);
    expect(wedged.json.health.readiness.ready).toBe(false);
    expect(wedged.json.health.liveness.live).toBe(true);
    // A frozen process does not heed SIGTERM: it is killed after the grace, and another takes its place.
    await ready(worker);
    expect(await pidOf(worker)).not.toBe(pid);
  });
});

describe('a child that leaves looks unanswered', () => {
  const untold = (worker: Probity) =>
    worker.process.lines.filter((line) => /left look \d unanswered/.test(line));
  const events = (worker: Probity) => linesOf(worker).map((line) => line['event']);

  it('fewer of them in a row than the threshold stays ready, and alive', async () => {
    const worker = await fakeWorker('mute-for', { MUTE_FOR: '2', WORKER_PROBE_FAILURE_THRESHOLD: '3' });
    await worker.process.waitForLine('answers again');
    expect(untold(worker)).toHaveLength(2);
    expect((await worker.get('/readyz/app-server')).status).toBe(200);
    for (const event of ['not_ready', 'stopping', 'exited']) expect(events(worker)).not.toContain(event);
    expect((await worker.get('/healthz')).json.worker_supervisor).toMatchObject({ restarts_total: 0 });
  });

  it('as many of them as the threshold is wedged, and not before', async () => {
    const worker = await fakeWorker('mute-for', { MUTE_FOR: '9', WORKER_PROBE_FAILURE_THRESHOLD: '3' });
    const death = await eventually(() => linesOf(worker).find((line) => line['event'] === 'exited'), {
      timeoutMs: 20_000,
    });
    expect(death['cause']).toMatch(/it is wedged/);
    expect(untold(worker)).toHaveLength(3);
  });
});

describe('a child that is merely odd stays ready', () => {
  it.each(['garbage', 'twice', 'overloaded', 'huge'])('%s', async (mode) => {
    // Fifty megabytes take a busy machine a while: what they do is tried, not how soon they have come.
    const worker = await fakeWorker(mode, {
      WORKER_HANDSHAKE_TIMEOUT_MS: '30000',
      WORKER_STARTUP_TIMEOUT_MS: '40000',
    });
    await ready(worker, 40_000);
    const pid = await pidOf(worker);
    const heard = Date.now();
    await eventually(() => Date.now() - heard > 1000);
    const { json } = await worker.get('/healthz');
    expect(json.worker_supervisor).toMatchObject({ ready: true, restarts_total: 0, pid });
  });

  it('floods, and costs bounded memory', async () => {
    const worker = await fakeWorker('floods');
    await ready(worker, 20_000);
    const rss = () =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${worker.process.pid}/status`, 'utf8'))?.[1]);
    const until = Date.now() + 3000;
    await eventually(() => Date.now() > until);
    expect(rss()).toBeLessThan(400 * 1024);
    expect((await worker.get('/readyz')).status).toBe(200);
  });
});

describe('without PROXY_USE_APP_SERVER', () => {
  it('the worker is live, not ready, and without a child', async () => {
    const worker = await fakeWorker('well', { PROXY_USE_APP_SERVER: 'false' });
    expect((await worker.get('/livez')).status).toBe(200);
    const { status, json } = await worker.get('/healthz');
    expect(status).toBe(503);
    expect(json).toMatchObject({
      app_server_enabled: false,
      health: {
        readiness: { ready: false, reason: 'app_server_disabled', handshake: null },
        liveness: { live: true, reason: 'app_server_disabled' },
      },
      worker_supervisor: { enabled: false, running: false, ready: false, pid: null },
    });
    const children = readdirSync(`/proc/${worker.process.pid}/task`).flatMap((task) =>
      readFileSync(`/proc/${worker.process.pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
    );
    expect(children).toEqual([]);
    expect(await worker.process.stop()).toMatchObject({ code: 0 });
  });
});

describe('what the public sees of the child', () => {
  it('has every field and no pid, log line or detail', async () => {
    const OPS_TOKEN = 'ops-token-of-the-tests-0001';
    const worker = await fakeWorker('well', { OPS_TOKEN });
    await ready(worker);
    const pub = (await worker.get('/healthz')).json;
    const ops = (await worker.get('/healthz', { authorization: `Bearer ${OPS_TOKEN}` })).json;
    expect(Object.keys(pub.worker_supervisor)).toEqual(Object.keys(ops.worker_supervisor));
    expect(pub.worker_supervisor).toMatchObject({ pid: null, last_log_sample: null });
    expect(pub.health.readiness.details).toEqual({});
    expect(ops.worker_supervisor.pid).toEqual(expect.any(Number));
  });
});

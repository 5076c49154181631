import { describe, expect, it } from '@jest/globals';
import type { ProbeOutcome } from '../../../src/modules/supervision/index.js';
import { eventually } from '../../fixtures/eventually.js';
import { supervise } from './support.js';

const FAST = { initialDelayMs: 20, maxDelayMs: 40 };
const MEGABYTE = 1_048_576;

describe('supervisor', () => {
  it('starts again what was killed, and keeps count', async () => {
    const { supervisor, seen, says, logged } = supervise('never-reads-stdin', [], { restart: FAST });
    supervisor.start();
    await says('up');
    const { pid } = supervisor.snapshot();
    process.kill(pid ?? 0, 'SIGKILL');
    await seen('ready', 2);
    expect(supervisor.snapshot()).toMatchObject({
      state: 'running',
      ready: true,
      incarnation: 2,
      restartsTotal: 1,
      consecutiveFailures: 1,
      nextRestartDelayMs: null,
      lastExit: { signal: 'SIGKILL' },
    });
    expect(supervisor.snapshot().pid).not.toBe(pid);
    expect(logged.filter(({ fields }) => fields['event'] === 'exited')).toEqual([
      expect.objectContaining({
        level: 'warn',
        fields: expect.objectContaining({
          code: null,
          signal: 'SIGKILL',
          pid,
          backoffMs: expect.any(Number),
        }),
      }),
    ]);
  });

  it('goes on slowly and loudly once a crash loop has spent the budget', async () => {
    const { supervisor, seen, logged, events } = supervise('dies-at-once', [], {
      restart: { ...FAST, budget: 3, slowDelayMs: 50 },
    });
    supervisor.start();
    await seen('restart_limit_exceeded', 2);
    expect(events.filter(({ type }) => type === 'backing_off')).toHaveLength(3);
    expect(supervisor.snapshot().exhausted).toBe(true);
    expect(
      logged.some(({ level, fields }) => level === 'error' && fields['reason'] === 'restart_limit_exceeded'),
    ).toBe(true);
  });

  it('takes a command that is not there for a failed start, and says what to do', async () => {
    const { supervisor, seen } = supervise('dies-at-once', [], {
      spec: { command: 'no-such-program-anywhere' },
      restart: { ...FAST, budget: 1 },
    });
    supervisor.start();
    await seen('restart_limit_exceeded');
    expect(supervisor.snapshot().lastExit?.error).toBe(
      'no-such-program-anywhere is not an executable file on the PATH; install it, or name the program by its full path',
    );
  });

  it('is ready only while its probe passes, and says why it is not', async () => {
    let answer: ProbeOutcome = { outcome: 'fail', message: 'readyz says 503' };
    const { supervisor, seen, events } = supervise('never-reads-stdin', [], {
      readinessProbe: {
        run: () => Promise.resolve(answer),
        periodMs: 5,
        timeoutMs: 500,
        failureThreshold: 2,
      },
    });
    supervisor.start();
    await eventually(() => supervisor.snapshot().reason === 'readyz says 503');
    expect(supervisor.snapshot()).toMatchObject({ state: 'running', ready: false });
    answer = { outcome: 'pass', message: 'ready' };
    await seen('ready');
    expect(supervisor.snapshot().reason).toBeNull();
    answer = { outcome: 'fail', message: 'readyz says 503 again' };
    await seen('not_ready');
    expect(supervisor.snapshot().reason).toBe('readyz says 503 again');
    expect(events.some(({ type }) => type === 'exited')).toBe(false);
  });

  it('ends and restarts what does not start in time', async () => {
    const { supervisor, seen } = supervise('never-reads-stdin', [], {
      startupProbe: {
        run: () => Promise.resolve({ outcome: 'fail' as const, message: 'no handshake' }),
        periodMs: 10,
        timeoutMs: 100,
      },
      // Long enough for its guards to start, on a busy machine too.
      startupTimeoutMs: 800,
      restart: FAST,
    });
    supervisor.start();
    await seen('started', 2);
    expect(supervisor.snapshot().lastExit).toMatchObject({
      signal: 'SIGTERM',
      cause: 'did not start within 800 ms',
    });
  });

  it('restarts what its liveness probe finds dead, ready or not, with the grace of the probe', async () => {
    let answer: ProbeOutcome = { outcome: 'pass', message: 'fine' };
    const { supervisor, seen, says, events } = supervise('ignores-sigterm', [], {
      livenessProbe: {
        run: () => Promise.resolve(answer),
        periodMs: 5,
        timeoutMs: 500,
        failureThreshold: 2,
        graceMs: 50,
      },
      readinessProbe: {
        run: () => Promise.resolve({ outcome: 'fail' as const, message: 'busy' }),
        periodMs: 5,
        timeoutMs: 500,
      },
      graceMs: 600_000,
      restart: FAST,
    });
    supervisor.start();
    await says('up');
    await eventually(() => supervisor.snapshot().reason === 'busy');
    answer = { outcome: 'fail', message: 'it answers nothing' };
    await seen('exited');
    answer = { outcome: 'pass', message: 'fine' };
    await seen('started', 2);
    expect(supervisor.snapshot().lastExit).toMatchObject({ signal: 'SIGKILL', cause: 'it answers nothing' });
    expect(events.filter(({ type }) => type === 'probe_failed')).toEqual([
      { type: 'probe_failed', incarnation: 1, probe: 'liveness', reason: 'it answers nothing' },
    ]);
  });

  it('holds a flood to its rate and to little memory, and counts what it drops', async () => {
    const { supervisor, seen, output } = supervise('floods', [], { spec: { maxLinesPerSecond: 50 } });
    const before = process.memoryUsage().rss;
    const startedAt = performance.now();
    supervisor.start();
    await seen('started');
    const told = () => output.filter(({ stream }) => stream === 'supervisor').length;
    await eventually(() => told() >= 2);
    const secondsBegun = Math.ceil((performance.now() - startedAt) / 1000) + 1;
    expect(output.length - told()).toBeLessThanOrEqual(50 * secondsBegun);
    expect(output.find(({ stream }) => stream === 'supervisor')?.line).toMatch(/^dropped \d+ lines/);
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * MEGABYTE);
    await supervisor.stop();
  });

  it('holds a line that never ends to its bound', async () => {
    const { supervisor, seen, output } = supervise('floods', ['long'], { spec: { maxLineBytes: 100 } });
    supervisor.start();
    await seen('started');
    const before = process.memoryUsage().rss;
    const until = performance.now() + 500;
    await eventually(() => performance.now() > until);
    await supervisor.stop();
    await eventually(() => output.length > 0);
    expect(process.memoryUsage().rss - before).toBeLessThan(150 * MEGABYTE);
    expect(output[0]?.line).toMatch(/^x{100} … \(\d+ more bytes\)$/);
  });

  it('refuses what a child that reads no stdin cannot take, and says so', async () => {
    const { supervisor, says } = supervise('never-reads-stdin', [], { spec: { stdinLimitBytes: MEGABYTE } });
    expect(supervisor.write('x')).toMatchObject({
      accepted: false,
      reason: 'never-reads-stdin is not running',
    });
    supervisor.start();
    await says('up');
    const part = 'x'.repeat(65_536);
    const results = Array.from({ length: 1_000 }, () => supervisor.write(part));
    expect(results.filter(({ accepted }) => accepted).length).toBeLessThanOrEqual(40);
    expect(results.at(-1)).toMatchObject({
      accepted: false,
      reason: expect.stringContaining('it does not read its stdin'),
    });
  });

  it('survives a listener that throws, and one that stops it', async () => {
    const { supervisor, logged } = supervise('dies-at-once', [], { restart: FAST });
    supervisor.on(() => {
      throw new Error('bad listener');
    });
    supervisor.on((event) => {
      if (event.type === 'backing_off') void supervisor.stop();
    });
    supervisor.start();
    await eventually(() => supervisor.snapshot().state === 'stopped');
    expect(logged.some(({ message }) => message === 'a listener threw')).toBe(true);
  });

  it('hands a protocol on stdout to its owner, untouched', async () => {
    const chunks: Buffer[] = [];
    const { supervisor, seen, output } = supervise('dies-after', ['50'], {
      spec: { onStdout: (chunk) => void chunks.push(chunk) },
    });
    supervisor.start();
    await seen('exited');
    expect(Buffer.concat(chunks).toString()).toBe('up\n');
    expect(output).toEqual([]);
  });
});

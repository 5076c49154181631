import { statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { findCodex } from '../fixtures/app-server.js';
import { eventually } from '../fixtures/eventually.js';
import { freePort } from '../fixtures/ports.js';
import { nothingIsLeft, TestStack } from '../fixtures/dev-stack.js';

/** Some seconds on a machine of its own; on one that others keep busy, many times as long, and not wrong for it. */
const STARTS_WITHIN_MS = 180_000;
const STARTS_TWICE_MS = 3 * STARTS_WITHIN_MS;
const codex = await findCodex();
// CI installs it; with CI=true a skipped test is a failure.
const itWithCodex = codex === undefined ? it.skip : it;

describe('dev:stack', () => {
  it(
    'brings everything up, shows an outage of Redis and its end, runs an execution, and leaves nothing behind',
    async () => {
      const stack = await TestStack.prepare();
      const command = await stack.command();
      await command.waitForLine('The stack is up.', STARTS_WITHIN_MS);

      const ready = await stack.get('/api/production/ready');
      expect(ready.body.checks.queue).toBe(true);
      expect(ready.body.queueHealth).toMatchObject({ status: 'pass', durable: true });
      const heartbeat = await stack.get('/api/production/queue/heartbeat');
      expect(heartbeat.body.workers).toEqual([expect.objectContaining({ id: 'worker-1', state: 'running' })]);
      // A pid that can be used outside: it is the one that the stack knows.
      expect(heartbeat.body.workers[0].pid).toBe(stack.pidOf('worker'));
      expect(statSync(join(stack.dir, 'auth-secret')).mode & 0o777).toBe(0o600);
      expect(statSync(join(stack.dir, 'stack.env')).mode & 0o777).toBe(0o600);
      expect((await stack.run('--status')).code).toBe(0);

      const workflow = await stack.post('/api/workflows', {
        name: 'hello',
        steps: [{ id: 'pause', kind: 'delay', ms: 20 }],
      });
      const execution = await stack.post(`/api/workflows/${workflow.body.id}/executions`, { input: {} });
      expect(execution.status).toBe(202);
      await eventually(
        async () => (await stack.get(`/api/executions/${execution.body.id}`)).body.status === 'succeeded',
        { timeoutMs: 15_000, what: 'the end of the execution' },
      );

      process.kill(stack.pidOf('redis'), 'SIGKILL');
      const seen = await eventually(
        async () => {
          const { body } = await stack.get('/api/production/ready');
          return body.checks.queue === false && body;
        },
        { timeoutMs: 20_000, what: 'checks.queue false' },
      );
      expect(seen.queueHealth).toMatchObject({ status: 'fail', message: expect.stringContaining('Redis') });
      await command.waitForLine('redis is restarting', 20_000);
      await command.waitForLine(/api queue: fail redis\./, 20_000);
      await eventually(async () => (await stack.get('/api/production/ready')).body.checks.queue === true, {
        timeoutMs: 60_000,
        what: 'checks.queue true again',
      });
      await command.waitForLine(/api queue: pass redis\.healthy/, 20_000);

      command.signal('SIGINT');
      expect(await command.exited).toEqual({ code: 0, signal: null });
      expect(command.lines.filter((line) => line.startsWith('stopping '))).toEqual([
        'stopping worker',
        'stopping api',
        'stopping postgres',
        'stopping redis',
      ]);
      await nothingIsLeft(stack);
      expect((await stack.run('--status')).code).toBe(3);
    },
    STARTS_TWICE_MS,
  );

  itWithCodex(
    'runs the app-server worker too, with the real codex',
    async () => {
      const port = String(await freePort());
      const stack = await TestStack.prepare({ PROXY_USE_APP_SERVER: 'true', APP_SERVER_PORT: port });
      expect(await stack.run('--detach')).toMatchObject({ code: 0 });
      const ask = async (path: string) => {
        const response = await fetch(`http://127.0.0.1:${port}${path}`, {
          signal: AbortSignal.timeout(5000),
        });
        return { status: response.status, body: JSON.parse(await response.text()) };
      };
      expect((await ask('/v1/models')).body.data.length).toBeGreaterThan(0);
      const child = (await ask('/healthz')).body.worker_supervisor.pid as number;
      process.kill(child, 'SIGKILL');
      await eventually(async () => (await ask('/readyz')).status === 503, {
        what: 'not ready',
        intervalMs: 10,
      });
      await eventually(async () => (await ask('/readyz')).status === 200, {
        timeoutMs: 30_000,
        what: 'ready again',
      });
      expect((await ask('/healthz')).body.worker_supervisor).toMatchObject({ restarts_total: 1 });
      expect((await stack.run('--stop')).code).toBe(0);
      await nothingIsLeft(stack);
    },
    STARTS_TWICE_MS,
  );

  it(
    'runs in the background, alone in its checkout, on the same ports and with the same data as before',
    async () => {
      const stack = await TestStack.prepare();
      const started = await stack.run('--detach');
      expect(started).toMatchObject({
        code: 0,
        output: expect.stringContaining('It runs in the background'),
      });
      const before = stack.state;
      const status = await stack.run('--status', '--json');
      expect(JSON.parse(status.output)).toMatchObject({ phase: 'up', ready: true, pid: before?.pid });

      const second = await stack.run();
      expect(second).toMatchObject({
        code: 1,
        output: expect.stringContaining(`runs already (pid ${before?.pid})`),
      });

      const workflow = await stack.post('/api/workflows', {
        name: 'kept',
        steps: [{ id: 'pause', kind: 'delay', ms: 1 }],
      });
      expect(await stack.run('--stop')).toMatchObject({
        code: 0,
        output: expect.stringContaining('Stopped'),
      });
      await nothingIsLeft(stack);
      expect(await stack.run('--stop')).toMatchObject({
        code: 0,
        output: expect.stringContaining('not running'),
      });

      expect((await stack.run('--detach')).code).toBe(0);
      const addresses = (rows: typeof before): unknown => rows?.processes.map(({ address }) => address);
      expect(addresses(stack.state)).toEqual(addresses(before));
      expect(JSON.stringify((await stack.get('/api/workflows')).body)).toContain(workflow.body.id);

      // Nothing outlives the stack, whatever kills it.
      const pids = ['redis', 'postgres', 'api', 'worker'].map((name) => stack.pidOf(name));
      expect(pids).toHaveLength(4);
      process.kill(stack.state?.pid ?? 0, 'SIGKILL');
      await nothingIsLeft(stack);
      expect((await stack.run('--status')).code).toBe(3);
    },
    STARTS_TWICE_MS,
  );

  it(
    'ends every process at once at the second wish',
    async () => {
      const stack = await TestStack.prepare({ SHUTDOWN_GRACE_MS: '60000', DRAIN_DELAY_MS: '60000' });
      const command = await stack.command();
      await command.waitForLine('The stack is up.', STARTS_WITHIN_MS);
      command.signal('SIGINT');
      await command.waitForLine('stopping worker');
      // Not within the moment in which npm repeats the first.
      await eventually(() => (command.signal('SIGINT'), command.hasExited()), {
        timeoutMs: 20_000,
        intervalMs: 600,
      });
      expect(await command.exited).toEqual({ code: 130, signal: null });
      await nothingIsLeft(stack);
    },
    STARTS_TWICE_MS,
  );
});

import { beforeAll, describe, expect, it } from '@jest/globals';
import { Queue } from 'bullmq';
import type { Exit } from '#devkit';
import { beyondThisTest } from '../fixtures/cleanup.js';
import { crowd, eventually } from '../fixtures/eventually.js';
import { freePort } from '../fixtures/ports.js';
import type { TestProcess } from '../fixtures/process.js';
import { RedisServer } from '../fixtures/redis.js';
import { ForeignApp } from './foreign-app.js';

/** The promise: a death is seen so soon. */
const SEEN_WITHIN_MS = 2000;
const HEARTBEAT = '/api/production/queue/heartbeat';
const KEY = { 'x-key': 'secret' };

/** One process of the application, and its address. */
export interface HostProcess {
  readonly process: TestProcess;
  readonly url: string;
}

/** What both applications share, and each test may ask. */
export interface Host {
  app: ForeignApp;
  redis: RedisServer;
  /** Serves, and processes nothing. */
  api: HostProcess;
  /** The same application once more, with both processors. */
  worker: HostProcess;
}

interface WorkerRow {
  readonly pid: number;
  readonly state: string;
}

interface OwnWays {
  /** How it ends by its own rules. */
  readonly exit: Partial<Exit>;
  /** What is to be done before it starts; answers what it is told by its environment. */
  readonly prepare?: (app: ForeignApp) => Promise<Record<string, string>>;
}

// eslint-disable-next-line @typescript-eslint/no-explicit-any -- tests read answers as a client of the wire does
export type Told = { readonly status: number; readonly json: any; readonly text: string };

export async function ask({ url }: HostProcess, path: string, init: RequestInit = {}): Promise<Told> {
  const response = await fetch(`${url}${path}`, { ...init, signal: AbortSignal.timeout(5000 * crowd()) });
  const text = await response.text();
  return {
    status: response.status,
    text,
    get json() {
      return JSON.parse(text) as unknown;
    },
  };
}

/** Asks until the answer is as wanted. */
export async function until(
  host: HostProcess,
  path: string,
  wanted: (told: Told) => boolean,
  timeoutMs = 20_000,
): Promise<Told> {
  let last: Told | undefined;
  return await eventually(
    async () => {
      last = await ask(host, path);
      return wanted(last) && last;
    },
    { timeoutMs, what: path },
  ).catch((error: unknown) => {
    const said = host.process.lines.slice(-10).join('\n');
    throw new Error(`${(error as Error).message}\nlast answer: ${last?.text}\nit said:\n${said}`);
  });
}

/**
 * What has to be true of any Nest application that takes us in; `more`: what is true of this one alone.
 */
export function describeNestApp(name: string, { exit, prepare }: OwnWays, more: (host: Host) => void): void {
  const host = {} as Host;
  let prepared: Record<string, string> = {};
  const start = async (role: string): Promise<HostProcess> => {
    const port = await freePort();
    const env = {
      ...prepared,
      PORT: String(port),
      REDIS_PORT: String(host.redis.port),
      ROLE: role,
      NODE_ENV: 'development',
    };
    const process = await beyondThisTest(() => host.app.start('dist/main.js', env));
    const started = { process, url: `http://127.0.0.1:${port}` };
    const asked = () => process.hasExited() || ask(started, '/health');
    await eventually<unknown>(asked, { timeoutMs: 40_000, what: `${name} listening` });
    if (process.hasExited()) throw new Error(`it ended:\n${process.lines.join('\n')}`);
    return started;
  };
  const done = async (queue: string) => {
    const { json } = await ask(host.api, `/v1/jobs/${queue}`, { method: 'POST', headers: KEY });
    await eventually(
      async () =>
        (await ask(host.api, `/v1/jobs/${queue}/${json.id}`, { headers: KEY })).json.state === 'completed',
      { timeoutMs: 20_000, what: `job ${json.id} of ${queue}` },
    );
  };

  describe(`the foreign application ${name}`, () => {
    beforeAll(async () => {
      [host.app, host.redis] = await Promise.all([
        ForeignApp.install(name, ['@probity/worker', '@probity/nest'], ['of-nest']),
        RedisServer.start(),
      ]);
      prepared = (await prepare?.(host.app)) ?? {};
    });

    it('has one of each package and is compiled against all types, ours and others', async () => {
      expect(await host.app.run('npm', ['ls', '--all'])).toMatchObject({ code: 0 });
      expect(await host.app.compile()).toBe('');
    });

    it('is alive, and ready once its workers are there', async () => {
      host.api = await start('api');
      expect(await ask(host.api, '/livez')).toMatchObject({ status: 200 });
      const before = await until(host.api, HEARTBEAT, ({ json }) => json.status.status === 'fail');
      expect(before.json.worker.started).toBe(false);
      // What BullMQ itself has of a queue that nobody used, and what is ours.
      const keys = await host.redis.client().keys('*');
      expect(keys.filter((key) => key.includes(':probity:'))).not.toEqual([]);
      expect(keys.filter((key) => !/^bull:(mail|images):(meta|probity:.+)$/.test(key))).toEqual([]);
      host.worker = await start('worker');
      await until(host.api, '/readyz', ({ status }) => status === 200);
      await until(host.worker, '/readyz', ({ status }) => status === 200);
    });

    it('has heartbeats of both of its processors', async () => {
      const { json } = await until(
        host.api,
        HEARTBEAT,
        ({ status, json }) => status === 200 && json.workers.length === 2,
      );
      const { pid } = host.worker.process;
      expect(json.workers).toEqual([expect.objectContaining({ pid }), expect.objectContaining({ pid })]);
      expect(Object.keys(json.queueDepths)).toEqual(['mail', 'images']);
      await done('mail');
      await done('images');
    });

    it('keeps its own health, guards and prefixes, and its Terminus takes our indicators', async () => {
      const own = await ask(host.api, '/health');
      expect(own).toMatchObject({ status: 200 });
      expect(own.json.info).toEqual({ memory_heap: expect.objectContaining({ status: 'up' }) });
      const ours = await ask(host.api, '/health/queue');
      expect(ours).toMatchObject({ status: 200 });
      expect(Object.keys(ours.json.info)).toEqual(['queue', 'workers']);
      expect(await ask(host.api, '/v1/jobs/mail/1')).toMatchObject({ status: 403 });
      expect(await ask(host.api, '/jobs/mail/1', { headers: KEY })).toMatchObject({ status: 404 });
      expect(await ask(host.api, '/v1/jobs/mail/1', { headers: KEY })).toMatchObject({ status: 200 });
      expect(await ask(host.api, '/v1/livez')).toMatchObject({ status: 404 });
      expect(await ask(host.api, '/readyz/nonsense')).toMatchObject({ status: 404 });
    });

    more(host);

    it('says within 2 s that its worker was killed', async () => {
      await host.worker.process.kill();
      const told = await until(host.api, HEARTBEAT, ({ status }) => status === 503, SEEN_WITHIN_MS);
      expect(told.json.status).toMatchObject({ status: 'fail', code: 'worker.lost' });
      expect(await ask(host.api, '/health/queue')).toMatchObject({ status: 503 });
      // Work may come: the queue keeps it until there is a worker again.
      expect(await ask(host.api, '/readyz')).toMatchObject({ status: 200 });
      host.worker = await start('worker');
      const { pid } = host.worker.process;
      await until(
        host.api,
        HEARTBEAT,
        ({ json }) =>
          json.workers.some((each: WorkerRow) => each.pid === pid && each.state === 'running') &&
          json.status.status !== 'fail',
      );
    });

    it('says so while Redis is dead, lives on, and works again when it is back', async () => {
      const queue = new Queue('mail', { connection: { host: host.redis.host, port: host.redis.port } });
      const { id } = await queue.add('work', {}, { delay: 2000 });
      await queue.close();
      await host.redis.kill();
      const told = await until(host.api, '/readyz', ({ status }) => status === 503);
      expect(told.json.checks.queue.status).toBe('fail');
      expect(await ask(host.api, '/livez')).toMatchObject({ status: 200 });
      expect(await ask(host.api, '/health')).toMatchObject({ status: 200 });
      await host.redis.restart();
      for (const each of [host.api, host.worker])
        await until(each, '/readyz', ({ status }) => status === 200, 30_000);
      await eventually(
        async () => (await ask(host.api, `/v1/jobs/mail/${id}`, { headers: KEY })).json.state === 'completed',
        { timeoutMs: 30_000, what: 'the job of before' },
      );
      await done('images');
      for (const { process } of [host.api, host.worker]) expect(process.hasExited()).toBe(false);
    });

    it('ends by its own rules, and its workers say goodbye', async () => {
      host.worker.process.signal('SIGTERM');
      expect(await host.worker.process.exited).toMatchObject(exit);
      const { pid } = host.worker.process;
      const ofWorker = ({ json }: Told) => (json.workers as WorkerRow[]).filter((each) => each.pid === pid);
      await until(host.api, HEARTBEAT, (told) => ofWorker(told).every(({ state }) => state === 'stopped'));
      host.api.process.signal('SIGTERM');
      expect(await host.api.process.exited).toMatchObject(exit);
    });
  });
}

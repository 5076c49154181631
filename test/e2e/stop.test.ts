import { createServer, type Server, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { freePort } from '../fixtures/ports.js';
import { PRODUCTION, Probity } from '../fixtures/probity.js';
import { TestProcess } from '../fixtures/process.js';
import { crowd } from '../fixtures/eventually.js';

/** Accepts and never answers, as a frozen database does. */
let silent: Server;
let silentPort: number;
const accepted = new Set<Socket>();

beforeAll(async () => {
  silent = createServer((socket) => {
    accepted.add(socket);
    // It is cut off by whoever is killed.
    socket.on('error', () => undefined).once('close', () => accepted.delete(socket));
  });
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  silentPort = (silent.address() as { port: number }).port;
});
afterAll(() => {
  silent.close();
  for (const socket of accepted) socket.destroy();
});

/** What is promised. */
const WITHIN_MS = 2000;

async function stops(process: TestProcess): Promise<void> {
  const before = performance.now();
  process.signal('SIGTERM');
  expect(await process.exited).toMatchObject({ code: 0, signal: null });
  expect(performance.now() - before).toBeLessThan(WITHIN_MS * crowd());
}

describe('a process that is asked to stop', () => {
  const silentDatabase = () => `postgres://probity:secret@127.0.0.1:${silentPort}/probity`;

  it.each([
    ['an idle worker without Redis', Probity.worker, 'nothing listens'],
    ['an idle worker of a silent Redis', Probity.worker, 'silent'],
    ['an api without Redis', Probity.api, 'nothing listens'],
    ['an api of a silent Redis', Probity.api, 'silent'],
  ] as const)('ends at once: %s, with a silent PostgreSQL', async (_, start, redis) => {
    const port = redis === 'silent' ? silentPort : await freePort();
    const probity = await start({
      ...PRODUCTION,
      REDIS_URL: `redis://127.0.0.1:${port}`,
      DATABASE_URL: silentDatabase(),
    });
    // Until something of it has waited in vain.
    await probity.until('/readyz', ({ json }) => json.checks.database?.status === 'fail', {
      headers: { authorization: `Bearer ${PRODUCTION['OPS_TOKEN']}` },
    });
    await stops(probity.process);
  });

  it.each(['dist/main.js', 'dist/workers/execution.worker.js', 'dist/workers/app-server.worker.js'])(
    'ends well though it still loads its modules: %s',
    async (entry) => {
      const port = String(await freePort());
      const ports = { PORT: port, WORKER_PORT: port, APP_SERVER_PORT: port };
      const env = {
        ...PRODUCTION,
        ...ports,
        HOST: '127.0.0.1',
        DRAIN_DELAY_MS: '0',
        DATABASE_URL: silentDatabase(),
      };
      // As soon as the first of its own lines has run, long before anything listens.
      const hook = `data:text/javascript,${encodeURIComponent(
        `const on = process.on.bind(process);
         process.on = (event, ...rest) => {
           on(event, ...rest);
           if (event === 'SIGINT') { process.on = on; setImmediate(() => process.kill(process.pid, 'SIGTERM')); }
           return process;
         };`,
      )}`;
      const process = await TestProcess.start(entry, { env: { ...env, NODE_OPTIONS: `--import=${hook}` } });
      expect(await process.exited).toMatchObject({ code: 0, signal: null });
      expect(process.lines.join('\n')).not.toContain('"listening"');
    },
  );

  it('ends well though it still starts', async () => {
    const env = { ...PRODUCTION, HOST: '127.0.0.1', PORT: String(await freePort()), DRAIN_DELAY_MS: '0' };
    const process = await TestProcess.start('dist/main.js', { env: { ...env, LOG_LEVEL: 'debug' } });
    await process.waitForLine('InstanceLoader', 60_000);
    await stops(process);
  });
});

import { createServer, type AddressInfo } from 'node:net';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { eventually } from '../fixtures/eventually.js';
import { monitor } from '../fixtures/monitor.js';
import { Platform } from '../fixtures/platform.js';
import { freePort } from '../fixtures/ports.js';
import { TestProcess } from '../fixtures/process.js';

const WORKER = 'dist/workers/execution.worker.js';

let platform: Platform;

beforeAll(async () => {
  platform = await Platform.create({ HOST: '127.0.0.1', DRAIN_DELAY_MS: '0' });
});

interface Told {
  readonly id: string;
  readonly state: string;
  readonly everRan: boolean;
  /** Whether its probes could be asked when the heartbeat had reached Redis. */
  readonly listens: Promise<boolean>;
}

/** Every heartbeat that reaches Redis from now on. */
async function listen(port: string): Promise<Told[]> {
  const told: Told[] = [];
  await monitor(platform.redis.port, ({ command, args }) => {
    const text = args.find((each) => each.includes('"everRan"'));
    if (command !== 'set' || text === undefined) return;
    const listens = fetch(`http://127.0.0.1:${port}/livez`).then(
      ({ status }) => status === 200,
      () => false,
    );
    told.push({ ...(JSON.parse(text) as Omit<Told, 'listens'>), listens });
  });
  return told;
}

describe('a worker that starts', () => {
  it('sends no heartbeat before its probes can be asked and it takes jobs', async () => {
    const port = String(await freePort());
    const told = await listen(port);
    const worker = await TestProcess.start(WORKER, {
      env: { ...platform.env, WORKER_PORT: port, WORKER_ID: 'starting' },
    });
    await eventually(() => told.length >= 2, { timeoutMs: 40_000, what: 'two heartbeats' });
    expect(await Promise.all(told.map(({ listens }) => listens))).not.toContain(false);
    for (const each of told) expect(each).toMatchObject({ id: 'starting', state: 'running', everRan: true });
    await worker.stop();
  });

  it('sends none at all when its port is taken', async () => {
    const taken = createServer();
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve));
    const port = String((taken.address() as AddressInfo).port);
    const worker = await TestProcess.start(WORKER, {
      env: { ...platform.env, WORKER_PORT: port, WORKER_ID: 'refused' },
    });
    expect((await worker.exited).code).not.toBe(0);
    taken.close();
    expect(await platform.redis.command('EXISTS', 'bull:execution:probity:worker:refused')).toBe(0);
  });
});

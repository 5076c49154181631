import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import { Test } from '@nestjs/testing';
import { register } from 'prom-client';
import { ConfigModule, parseSettings } from '../../../src/modules/config/index.js';
import { DatabaseModule } from '../../../src/modules/database/index.js';
import { DeclaredDependenciesModule, EnvironmentModule } from '../../../src/modules/environment/index.js';
import { EventLoopCheck } from '../../../src/modules/environment/event-loop.check.js';
import { Board, HealthModule, type CheckRecord } from '../../../src/modules/health/index.js';
import { LlmCheckModule, LlmModule } from '../../../src/modules/llm/index.js';
import { MetricsModule } from '../../../src/modules/metrics/index.js';
import { QueueModule } from '../../../src/modules/queue/index.js';
import { databaseOptions, environmentOptions, llmOptions, queueOptions } from '../../../src/options/index.js';
import { crowd, eventually } from '../../fixtures/eventually.js';
import { freePort } from '../../fixtures/ports.js';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  register.clear();
});

/** A process of Probity without its HTTP server: these modules on a board. */
async function start(environment: Record<string, string>) {
  const configuration = parseSettings(environment);
  const module = await Test.createTestingModule({
    imports: [
      ConfigModule.forRoot(configuration),
      MetricsModule.forRoot({ process: 'test', opsToken: undefined }),
      HealthModule.forRoot({
        name: 'test',
        version: '1.0.0',
        environment: 'test',
        instanceId: 'i',
        startedAt: 0,
      }),
      DatabaseModule.forRoot(databaseOptions(configuration)),
      QueueModule.forRoot(queueOptions(parseSettings({ QUEUE_DRIVER: 'inmemory' }))),
      EnvironmentModule.forRoot(environmentOptions(configuration)),
      LlmModule.forRoot(llmOptions(configuration)),
      LlmCheckModule,
      DeclaredDependenciesModule.forRoot(environmentOptions(configuration)),
    ],
  }).compile();
  module.useLogger(false);
  const app: INestApplicationContext = await module.init();
  closing.push(() => app.close());
  const board = app.get(Board);
  const find = (key: string): CheckRecord | undefined =>
    board.snapshot().checks.find((check) => check.key === key);
  const becomes = (key: string, code: string) =>
    eventually(() => find(key)?.code === code && find(key), { what: `${key}: ${code}` });
  return { board, find, becomes };
}

async function rpc(handler: RequestListener): Promise<string> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

describe('a process', () => {
  it('starts with no environment at all, and says what is missing', async () => {
    const { find, becomes } = await start({});
    await becomes('llm', 'llm.not_configured');
    expect(await becomes('environment', 'environment.setting_missing')).toMatchObject({
      message: expect.stringContaining('AUTH_SECRET'),
      details: { production: true },
    });
    expect(find('evm-rpc')).toBeUndefined();
  });

  it('measures its memory and its event loop, which inform and decide nothing', async () => {
    const { becomes } = await start({});
    const memory = await becomes('memory', 'memory.ok');
    expect(memory).toMatchObject({ counts: 'informative', details: { rssBytes: expect.any(Number) } });
    expect(memory.details).toMatchObject({ limits: { heap: { limit: expect.any(Number) } } });
    expect((await becomes('event-loop', 'event_loop.responsive')).counts).toBe('informative');
  });

  it('notices that its event loop was blocked', async () => {
    const { board, becomes } = await start({});
    await becomes('event-loop', 'event_loop.responsive');
    const end = performance.now() + 1200;
    while (performance.now() < end);
    // The monitor's own timer is late, too: let it fire before the check looks.
    await new Promise((resolve) => setTimeout(resolve, 50));
    board.poke('event-loop');
    expect((await becomes('event-loop', 'event_loop.slow')).status).toBe('warn');
  });

  it('notices it when its own turn is what comes first after the block', async () => {
    const check = new EventLoopCheck(new HealthIndicatorService());
    check.onModuleInit();
    closing.push(() => Promise.resolve(check.onApplicationShutdown()));
    const said: unknown[] = [];
    for (let time = 0; time < 3; time += 1) {
      // What measures has begun, and is due within 20 ms; the check is due before it.
      await check.run();
      await new Promise((resolve) => setTimeout(resolve, 50));
      const looked = new Promise((resolve) => setTimeout(() => resolve(check.run()), 1));
      const end = performance.now() + 1200;
      while (performance.now() < end);
      said.push(await looked);
    }
    expect(said).toEqual(
      [1, 2, 3].map(() => ({ 'event-loop': expect.objectContaining({ code: 'event_loop.slow' }) })),
    );
  });

  it('fails by name for each declared dependency that nothing reports', async () => {
    const { find } = await start({ DECLARED_DEPENDENCIES: 'fleet,app-server,fleet' });
    for (const name of ['fleet', 'app-server'])
      expect(find(name)).toMatchObject({
        status: 'fail',
        code: 'dependency.not_reported',
        counts: 'declared',
        message: expect.stringContaining(name),
      });
  });
});

describe('the evm-rpc check', () => {
  it('is declared by its URL, asks one eth_blockNumber, and passes with the block', async () => {
    const asked: string[] = [];
    const url = await rpc((request, response) => {
      request.on('data', (chunk) => asked.push(String(chunk)));
      request.on('end', () => response.end(JSON.stringify({ jsonrpc: '2.0', id: 1, result: '0x1b4' })));
    });
    const { becomes } = await start({ EVM_RPC_URL: url });
    const { message, counts } = await becomes('evm-rpc', 'evm_rpc.ok');
    expect(message).toContain('block 436');
    expect(counts).toBe('declared');
    expect(asked.map((text) => JSON.parse(text) as unknown)).toEqual([
      { jsonrpc: '2.0', id: 1, method: 'eth_blockNumber', params: [] },
    ]);
  });

  it('sends the credentials of its URL', async () => {
    let authorization: string | undefined;
    const url = await rpc((request, response) => {
      authorization = request.headers.authorization;
      response.end(JSON.stringify({ result: '0x1' }));
    });
    const { becomes } = await start({ EVM_RPC_URL: url.replace('://', '://user:p%40ss@') });
    await becomes('evm-rpc', 'evm_rpc.ok');
    expect(authorization).toBe(`Basic ${Buffer.from('user:p@ss').toString('base64')}`);
  });

  it('does not take a step of the clock for a chain that stands still', async () => {
    let asked = 0;
    const url = await rpc((_request, response) => {
      asked += 1;
      response.end(JSON.stringify({ result: '0x1' }));
    });
    const { board, find, becomes } = await start({ EVM_RPC_URL: url });
    await becomes('evm-rpc', 'evm_rpc.ok');
    const clock = jest.spyOn(Date, 'now');
    closing.push(async () => clock.mockRestore());
    clock.mockImplementation(() => performance.timeOrigin + performance.now() + 3_600_000);
    const before = find('evm-rpc')?.checkedAt;
    board.poke('evm-rpc');
    await eventually(() => asked > 1 && find('evm-rpc')?.checkedAt !== before);
    expect(find('evm-rpc')?.code).toBe('evm_rpc.ok');
  });

  it('fails when it is declared and has no URL', async () => {
    const { becomes } = await start({ DECLARED_DEPENDENCIES: 'evm-rpc' });
    expect((await becomes('evm-rpc', 'evm_rpc.not_configured')).message).toContain('EVM_RPC_URL');
  });

  it('fails when nothing listens, and shows neither path nor key', async () => {
    const url = `http://127.0.0.1:${await freePort()}/v2/key-0123456789`;
    const { becomes } = await start({ EVM_RPC_URL: url });
    const record = await becomes('evm-rpc', 'evm_rpc.unreachable');
    expect(record.message).toContain('ECONNREFUSED');
    expect(JSON.stringify(record)).not.toContain('key-0123456789');
  });

  it('fails within three seconds when it is never answered', async () => {
    const url = await rpc(() => undefined);
    const { becomes } = await start({ EVM_RPC_URL: url });
    const startedAt = performance.now();
    await becomes('evm-rpc', 'evm_rpc.timeout');
    expect(performance.now() - startedAt).toBeLessThan(10_000 * crowd());
  });

  it('fails for an answer that is no JSON-RPC, however large', async () => {
    const url = await rpc((_request, response) => response.end('x'.repeat(5_000_000)));
    const { becomes } = await start({ EVM_RPC_URL: url });
    await becomes('evm-rpc', 'evm_rpc.malformed');
  });
});

import { describe, expect, it } from '@jest/globals';
import { instrumentWorker, type WorkerLike } from '@probity/worker';

/** A worker whose jobs are kept somewhere else, or whose client is another one. */
const worker = (inside: object) =>
  ({
    name: 'emails',
    id: 'token',
    opts: {},
    isRunning: () => true,
    isPaused: () => false,
    close: async () => undefined,
    on: () => undefined,
    callProcessJob: async () => undefined,
    ...inside,
  }) as unknown as WorkerLike;

const nodeRedis = { duplicate: () => undefined, sendCommand: () => undefined, connect: () => undefined };

describe('a worker without ioredis', () => {
  it.each([
    ['that uses another client of Redis', { backend: { connection: { _client: nodeRedis } } }],
    ['that keeps its jobs in PostgreSQL', { backend: {} }],
  ])('gets no heartbeats, and is told what to do: %s', (_, inside) => {
    expect(() => instrumentWorker(worker(inside))).toThrow(/give options.connection, a client of ioredis/);
    expect(() => instrumentWorker(worker(inside), { connection: 'redis://localhost' })).toThrow(
      /give options.connection, a client of ioredis/,
    );
  });

  it('is told so later when its client shows only once it is connected, and never by a rejection', async () => {
    const told: string[] = [];
    const client = Promise.resolve(nodeRedis);
    const made = instrumentWorker(worker({ backend: { connection: {}, client } }), {
      onError: (reason) => void told.push(reason),
    });
    await client.then(() => undefined);
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toEqual([expect.stringMatching(/give options.connection, a client of ioredis/)]);
    await made.stop();
  });

  it('is told nothing more when it was closed before', async () => {
    const told: string[] = [];
    let fail: (error: Error) => void = () => undefined;
    const client = new Promise((_, reject) => (fail = reject));
    const made = instrumentWorker(worker({ client }), { onError: (reason) => void told.push(reason) });
    await made.stop();
    fail(new Error('Connection is closed.'));
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toEqual([]);
  });

  it('of no BullMQ is refused', () => {
    const none = worker({ callProcessJob: undefined, client: Promise.resolve(nodeRedis) });
    expect(() => instrumentWorker(none)).toThrow(/knows BullMQ 5 and 6/);
  });
});

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Redis } from 'ioredis';
import { ProbeConnection } from '../../../src/modules/heartbeat/watch/probe-connection.js';
import { freePort } from '../../fixtures/ports.js';
import { eventually } from '../../fixtures/eventually.js';

const never = new AbortController().signal;
const sockets = new Set<Socket>();
let server: Server;
let lost = 0;

const to = (port: number) => () => {
  const redis = new Redis({
    port,
    lazyConnect: true,
    retryStrategy: () => null,
    enableReadyCheck: false,
    disableClientInfo: true,
    disconnectTimeout: 100,
  });
  redis.on('error', () => undefined);
  return redis;
};

beforeAll(async () => {
  server = createServer((socket) => sockets.add(socket.on('error', () => undefined)));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  for (const socket of sockets) socket.destroy();
  server.close();
});

describe('the connection of a probe', () => {
  it('tells of its loss when it stood', async () => {
    const connection = new ProbeConnection(to((server.address() as AddressInfo).port), () => (lost += 1));
    await connection.use(never, () => Promise.resolve());
    expect(lost).toBe(0);
    for (const socket of sockets) socket.destroy();
    await eventually(() => lost === 1, { what: 'the loss' });
    connection.close();
  });

  it('tells nothing but the error when it never stood, so that nobody looks again at once, for ever', async () => {
    const connection = new ProbeConnection(to(await freePort()), () => (lost += 1));
    lost = 0;
    for (let time = 0; time < 3; time++) {
      await expect(connection.use(never, () => Promise.resolve())).rejects.toThrow();
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(lost).toBe(0);
    connection.close();
  });
});

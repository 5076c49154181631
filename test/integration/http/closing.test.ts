import { afterEach, describe, expect, it } from '@jest/globals';
import type { Server, ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { guardedServer, LIMITS } from '../../../src/modules/http/index.js';
import { crowd, eventually } from '../../fixtures/eventually.js';

/** A connection may be idle for 30 s; one that is in nobody's way any more is ended long before. */
const SOON_MS = 5000;
const POST = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\n';

const servers: Server[] = [];
afterEach(() => servers.splice(0).forEach((server) => server.closeAllConnections()));

async function serve(answer: (response: ServerResponse) => void) {
  const server = guardedServer(LIMITS, (_request, response) => answer(response));
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as { port: number }).port };
}

/** A client that keeps its connection. */
async function send(port: number, text: string): Promise<{ socket: Socket; received: () => string }> {
  let received = '';
  const socket = connect(port, '127.0.0.1', () => socket.write(text));
  socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
  socket.on('error', () => undefined);
  return { socket, received: () => received };
}

const closing = (server: Server): Promise<number> => {
  const startedAt = performance.now();
  return new Promise((resolve) => server.close(() => resolve(performance.now() - startedAt)));
};

describe('a server that closes', () => {
  it('does not wait for the next request of a client that was refused, and whose body came late', async () => {
    const { server, port } = await serve((response) => response.writeHead(401).end('no'));
    const client = await send(port, `${POST}12345`);
    await eventually(() => client.received().includes('no'));
    const closed = closing(server);
    client.socket.write('67890');
    expect(await closed).toBeLessThan(SOON_MS * crowd());
  });

  it('does not wait for the next request of a client whose answer had begun', async () => {
    let response: ServerResponse | undefined;
    const { server, port } = await serve((given) => {
      response = given;
      given.writeHead(200).write('one ');
    });
    const client = await send(port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await eventually(() => client.received().includes('one'));
    const closed = closing(server);
    response?.end('two');
    expect(await closed).toBeLessThan(SOON_MS * crowd());
    await eventually(() => client.received().includes('two'));
  });

  it('ends at once what is idle, and lets come what has begun to come', async () => {
    const { server, port } = await serve((response) => response.end('yes'));
    const [idle, silent, half] = [
      await send(port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n'),
      await send(port, ''),
      await send(port, 'GET / HTTP/1.1\r\nHo'),
    ];
    await eventually(() => idle.received().includes('yes') && half.socket.bytesWritten > 10);
    // Its bytes have arrived once a later connection was answered.
    const later = await send(port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await eventually(() => later.received().includes('yes'));
    const closed = closing(server);
    await eventually(() => idle.socket.closed && silent.socket.closed);
    expect(half.socket.closed).toBe(false);
    half.socket.write('st: x\r\n\r\n');
    await eventually(() => half.received().includes('yes'));
    expect(await closed).toBeLessThan(SOON_MS * crowd());
  });

  it('lets a large answer come whole to a client that reads late', async () => {
    const large = 'x'.repeat(8 * 1024 * 1024);
    const { server, port } = await serve((response) => response.end(large));
    const client = await send(port, 'GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await eventually(() => client.received() !== '');
    client.socket.pause();
    const closed = closing(server);
    client.socket.resume();
    await closed;
    await eventually(() => client.received().length > large.length, { what: 'the whole answer' });
  });
});

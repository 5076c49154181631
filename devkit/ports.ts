import { createServer } from 'node:net';

/**
 * Below what Linux and macOS hand out by themselves: no connection, and no `listen(0)` of anybody, takes one of these
 * between this answer and its use. Processes that ask at the same time have a stretch each, as the workers of Jest do;
 * get-port remembers only within one process what it has given out, and a worker's next test file knows nothing of it.
 */
const FIRST = 20_000;
const STRETCHES = 8;
const STRETCH = 1500;

const stretch = Number(process.env['JEST_WORKER_ID'] ?? process.pid) % STRETCHES;
/** Who comes later in the same process, or has the same stretch, does not begin where the last one did. */
let next = Math.floor(Math.random() * STRETCH);

/** A TCP port of 127.0.0.1 that nobody listens on, and that nobody else is given. */
export async function freePort(): Promise<number> {
  for (let tried = 0; tried < STRETCH; tried++) {
    const port = FIRST + stretch * STRETCH + (next++ % STRETCH);
    if (await isFree(port)) return port;
  }
  throw new Error(`all ports of stretch ${stretch} are taken`);
}

/** So many different ones. */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) ports.push(await freePort());
  return ports;
}

/** Whether this process could listen there. */
export function isFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen(port, host, () => server.close(() => resolve(true)));
  });
}

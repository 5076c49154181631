import { connect } from 'node:net';
import type { ClientBase } from 'pg';

const CANCEL_REQUEST = 80_877_102;
const WITHIN_MS = 1000;

/**
 * Asks the server, on a connection of its own, to end what this client is at: a client that merely leaves is not
 * noticed while a statement runs or waits for a lock. Whether it could be asked is of no matter to anybody.
 */
export function cancelStatement(client: ClientBase): void {
  const { host, port, processID, secretKey } = client as unknown as Cancellable;
  if (processID === null || secretKey === null) return;
  const socket = host.startsWith('/') ? connect(`${host}/.s.PGSQL.${port}`) : connect(port, host);
  socket.unref();
  socket.on('error', () => undefined);
  socket.setTimeout(WITHIN_MS, () => socket.destroy());
  const request = Buffer.alloc(16);
  [16, CANCEL_REQUEST, processID, secretKey].forEach((word, index) => request.writeInt32BE(word, index * 4));
  socket.once('connect', () => socket.end(request));
}

interface Cancellable {
  readonly host: string;
  readonly port: number;
  /** Null until the server has told them. */
  readonly processID: number | null;
  readonly secretKey: number | null;
}

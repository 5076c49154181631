import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { every } from '../../kernel/index.js';
import { afterLook, type AnswerProgress } from './answer-rate.policy.js';

const LOOK_EVERY_MS = 1000;

interface Waiting {
  /** That of the request: an answer has none before its turn comes. */
  readonly socket: Socket;
  progress: AnswerProgress | null;
}

/** Ends the connections of clients that read their answers too slowly: each answer is in memory until it is read. */
export class AnswerWatch {
  private readonly waiting = new Map<ServerResponse, Waiting>();

  watch(server: Server): void {
    server.once('listening', () =>
      server.once(
        'close',
        every(LOOK_EVERY_MS, () => this.look()),
      ),
    );
  }

  add({ socket }: IncomingMessage, response: ServerResponse): void {
    this.waiting.set(response, { socket, progress: null });
    response.once('close', () => this.waiting.delete(response));
  }

  private look(): void {
    const now = performance.now();
    for (const [response, one] of this.waiting) {
      const { socket } = one;
      const next = afterLook(one.progress, { unsent: unsent(socket), taken: taken(socket) }, now);
      if (next === 'too-slow') socket.destroy();
      else one.progress = next;
      // One whose turn never came is not told that its connection has closed.
      if (socket.destroyed) this.waiting.delete(response);
    }
  }
}

interface Handle {
  /** Bytes that Node has given to the system. */
  readonly bytesWritten?: number;
  /** Of these, what the system has not taken yet. */
  readonly writeQueueSize?: number;
}

const handleOf = (socket: Socket): Handle => (socket as { _handle?: Handle | null })._handle ?? {};

/** What was written to a socket and the system has no room for. */
export function unsent(socket: Socket): number {
  return socket.writableLength + (handleOf(socket).writeQueueSize ?? 0);
}

function taken(socket: Socket): number {
  const { bytesWritten = 0, writeQueueSize = 0 } = handleOf(socket);
  return bytesWritten - writeQueueSize;
}

import type { Server, Socket } from 'node:net';
import type { ServerResponse } from 'node:http';
import { every } from '../kernel/index.js';
import { connectionBound } from './connection-bound.policy.js';
import type { Descriptors } from './descriptors.js';

/** How a server stands with its connections. */
export interface ConnectionUse {
  readonly open: number;
  readonly bound: number;
  /** Since the start: those that were not let in, and idle ones that were closed to let others in. */
  readonly refused: number;
  readonly closedIdle: number;
  /** How long ago one came that found all of them taken; null when none ever did. */
  readonly lastFullMs: number | null;
}

interface Seen {
  bytes: number;
  /** When the number of bytes was first seen. */
  since: number;
}

const LOOK_EVERY_MS = 1000;
/** Who opens a connection and sends nothing for so long makes room for others. */
const SILENT_MS = 1000;
/** So does who has been answered, and asks nothing more for so long. */
const IDLE_MS = 5000;
const SEARCH_EVERY_MS = 100;
/** Node counts a closed connection for a moment longer than we do. */
const SLACK = 32;

/**
 * Bounds the connections of a server by the descriptors that this process may have, so that some are left for its
 * own. When all are taken, the oldest idle one makes room; when none is idle, the new one is refused.
 */
export class Connections {
  private readonly open = new Map<Socket, Seen>();
  private readonly serving = new WeakMap<Socket, number>();
  private bound: number;
  private refused = 0;
  private closedIdle = 0;
  private lastFullAt: number | null = null;
  private idle: Socket[] = [];
  private searchedAt = -Infinity;

  constructor(
    private readonly descriptors: Descriptors,
    private readonly most: number,
  ) {
    this.bound = this.readBound();
  }

  watch(server: Server): void {
    const setMost = () => {
      this.bound = this.readBound();
      server.maxConnections = this.bound + SLACK;
    };
    setMost();
    server.on('connection', (socket: Socket) => this.admit(socket));
    server.on('drop', () => this.refuse());
    // Accepting fails when no descriptor is left; that is refused, too, and nothing to end for.
    server.on('error', () => this.refuse());
    const stop = every(LOOK_EVERY_MS, () => {
      setMost();
      this.look();
    });
    server.once('close', stop);
  }

  /** A connection is not idle while it is served, however long that takes. */
  serve(socket: Socket, response: ServerResponse): void {
    this.serving.set(socket, (this.serving.get(socket) ?? 0) + 1);
    response.once('close', () => {
      this.serving.set(socket, (this.serving.get(socket) ?? 1) - 1);
      const seen = this.open.get(socket);
      if (seen !== undefined) seen.since = performance.now();
    });
  }

  use(): ConnectionUse {
    return {
      open: this.open.size,
      bound: this.bound,
      refused: this.refused,
      closedIdle: this.closedIdle,
      lastFullMs: this.lastFullAt === null ? null : Math.round(performance.now() - this.lastFullAt),
    };
  }

  private readBound(): number {
    return connectionBound(this.descriptors.read().limit, this.most);
  }

  private admit(socket: Socket): void {
    if (this.open.size >= this.bound) {
      this.lastFullAt = performance.now();
      if (!this.makeRoom()) {
        this.refuse();
        socket.destroy();
        return;
      }
    }
    this.open.set(socket, { bytes: 0, since: performance.now() });
    socket.once('close', () => this.open.delete(socket));
  }

  private refuse(): void {
    this.refused += 1;
    this.lastFullAt = performance.now();
  }

  /** Notes who is idle, and closes what is too much since the limit was lowered. */
  private look(): void {
    const now = performance.now();
    for (const [socket, seen] of this.open) {
      if (socket.bytesRead === seen.bytes) continue;
      seen.bytes = socket.bytesRead;
      seen.since = now;
    }
    while (this.open.size > this.bound && this.makeRoom());
  }

  private makeRoom(): boolean {
    if (this.idle.length === 0) this.findIdle();
    for (let socket = this.idle.shift(); socket !== undefined; socket = this.idle.shift()) {
      const seen = this.open.get(socket);
      // It may have closed, or sent something, since it was found.
      if (seen === undefined || socket.bytesRead !== seen.bytes || this.isServed(socket)) continue;
      this.open.delete(socket);
      this.closedIdle += 1;
      socket.destroy();
      return true;
    }
    return false;
  }

  /** First those that never sent anything, the oldest first, then those that ask nothing more. */
  private findIdle(): void {
    const now = performance.now();
    if (now - this.searchedAt < SEARCH_EVERY_MS) return;
    this.searchedAt = now;
    const silent: Socket[] = [];
    const quiet: Socket[] = [];
    for (const [socket, { bytes, since }] of this.open) {
      if (this.isServed(socket) || socket.bytesRead !== bytes) continue;
      if (bytes === 0 && now - since >= SILENT_MS) silent.push(socket);
      else if (bytes > 0 && now - since >= IDLE_MS) quiet.push(socket);
    }
    this.idle = [...silent, ...quiet];
  }

  private isServed(socket: Socket): boolean {
    return (this.serving.get(socket) ?? 0) > 0;
  }
}

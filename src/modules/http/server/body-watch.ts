import type { IncomingMessage } from 'node:http';
import { every } from '../../kernel/index.js';
import { bodyIsTooSlow, type BodyProgress } from './body-rate.policy.js';

const LOOK_EVERY_MS = 500;

interface Watched extends BodyProgress {
  readonly request: IncomingMessage;
  readonly tooSlow: () => void;
}

/** Looks at all bodies that are arriving, and tells of those that take too long. */
export class BodyWatch {
  private readonly arriving = new Set<Watched>();
  private stop: (() => void) | undefined;

  constructor(private readonly defect: (error: unknown) => void) {}

  /** Calls `tooSlow` at most once, and never after the body was complete or the connection gone. */
  add(request: IncomingMessage, tooSlow: () => void): void {
    if (request.complete) return;
    const watched = { request, tooSlow, startedAt: performance.now(), bytesBefore: request.socket.bytesRead };
    this.arriving.add(watched);
    const done = () => this.remove(watched);
    request.once('end', done);
    request.once('close', done);
    this.stop ??= every(LOOK_EVERY_MS, () => this.look(), this.defect);
  }

  private look(): void {
    const now = performance.now();
    for (const watched of this.arriving) {
      const { request, tooSlow } = watched;
      if (request.complete) this.remove(watched);
      if (request.complete || !bodyIsTooSlow(watched, request.socket.bytesRead, now)) continue;
      this.remove(watched);
      try {
        tooSlow();
      } catch (error) {
        this.defect(error);
      }
    }
  }

  private remove(watched: Watched): void {
    this.arriving.delete(watched);
    if (this.arriving.size > 0) return;
    this.stop?.();
    this.stop = undefined;
  }
}

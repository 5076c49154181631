import type { Writable } from 'node:stream';
import type { WriteResult } from '../runtime.js';

/** Writes to a child's stdin without ever holding more than `limitBytes` that it has not read. */
export class StdinQueue {
  constructor(
    private readonly stdin: Writable | null | undefined,
    private readonly limitBytes: number,
  ) {
    // A closed pipe is told by the child's exit, which is the event that counts.
    stdin?.on('error', () => undefined);
  }

  write(data: string | Uint8Array): WriteResult {
    if (!this.stdin?.writable) return refused('its stdin is closed');
    const size = Buffer.byteLength(data);
    const waiting = this.stdin.writableLength;
    if (waiting + size > this.limitBytes) {
      return refused(
        `it does not read its stdin: ${waiting} bytes wait, and ${this.limitBytes} is the limit`,
      );
    }
    this.stdin.write(data);
    return { accepted: true };
  }

  close(): void {
    this.stdin?.end();
  }
}

function refused(reason: string): WriteResult {
  return { accepted: false, reason };
}

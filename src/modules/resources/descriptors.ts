import { openSync, readdirSync, readSync, statSync } from 'node:fs';

/** Descriptors of this process: how many are open, and how many may be; null where the system does not tell. */
export interface DescriptorUse {
  readonly open: number | null;
  readonly limit: number | null;
}

/** Counts the descriptors of this process, and needs none for it: that is when it is asked for in earnest. */
export class Descriptors {
  private readonly limits = openLimits();
  private readonly buffer = Buffer.alloc(4096);

  read(): DescriptorUse {
    const limit = this.readLimit();
    return { limit, open: countOpen(limit) };
  }

  /** It can be changed from outside, while the process runs. */
  private readLimit(): number | null {
    if (this.limits === undefined) return null;
    try {
      const length = readSync(this.limits, this.buffer, 0, this.buffer.length, 0);
      const soft = /^Max open files +(\d+)/m.exec(this.buffer.toString('latin1', 0, length))?.[1];
      return soft === undefined ? null : Number(soft);
    } catch {
      return null;
    }
  }
}

function openLimits(): number | undefined {
  try {
    return openSync('/proc/self/limits', 'r');
  } catch {
    return undefined;
  }
}

function countOpen(limit: number | null): number | null {
  try {
    // Since Linux 6.2 the size of the folder is their number; before, it is 0.
    const { size } = statSync('/proc/self/fd');
    // One is open to list the others.
    return size > 0 ? size : readdirSync('/proc/self/fd').length - 1;
  } catch (error) {
    // There is not even one left to count with.
    return (error as NodeJS.ErrnoException).code === 'EMFILE' ? limit : null;
  }
}

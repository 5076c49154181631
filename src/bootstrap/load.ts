import { promises } from 'node:fs';

const AT_ONCE = 16;

/**
 * Loads modules with few of their files open at a time. Node opens all that a module imports at once, hundreds here, and
 * a process that may have 256 descriptors ended before its first line.
 */
export async function fewAtOnce<T>(load: () => Promise<T>): Promise<T> {
  // It is by this function that Node's loader reads.
  const { readFile } = promises;
  const waiting: (() => void)[] = [];
  let open = 0;
  const inTurn = async (...args: Parameters<typeof readFile>): Promise<string | Buffer> => {
    while (open >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
    open += 1;
    try {
      return await readFile(...args);
    } finally {
      open -= 1;
      waiting.shift()?.();
    }
  };
  promises.readFile = inTurn as typeof readFile;
  try {
    return await load();
  } finally {
    promises.readFile = readFile;
  }
}

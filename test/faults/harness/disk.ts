import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RedisServer } from '../../fixtures/redis.js';
import { atEnd } from '../../fixtures/cleanup.js';
import { isLeftOver, nameOf } from './leftovers.js';

/** Why no file system can be mounted here; undefined when one can. */
export function mountingIsPossible(): string | undefined {
  if (process.platform !== 'linux') return 'a small disk is a tmpfs, which is of Linux';
  if (process.getuid?.() !== 0) return 'mounting a small disk takes root';
  return undefined;
}

let mounted = 0;

/** Mounts a disk of so many MB on a folder, until the test file has ended. */
export function mountDisk(dir: string, megabytes: number): void {
  removeLeftovers();
  mkdirSync(dir, { recursive: true });
  const name = nameOf(process.pid, mounted++);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, name, dir]);
  atEnd(() => unmount(dir));
}

function removeLeftovers(): void {
  for (const line of readFileSync('/proc/mounts', 'utf8').split('\n')) {
    const [name = '', dir = ''] = line.split(' ');
    if (isLeftOver(name)) unmount(dir);
  }
}

/** Lazily, for a process that is being killed may still hold it. */
function unmount(dir: string): void {
  spawnSync('umount', ['-l', dir], { stdio: 'ignore' });
}

/** Restarts Redis with its data on a disk of so many MB. */
export async function mountSmallDisk(redis: RedisServer, megabytes = 2): Promise<void> {
  await redis.stop();
  rmSync(redis.dataDir, { recursive: true, force: true });
  mountDisk(redis.dataDir, megabytes);
  await redis.restart();
}

const BALLAST = 'ballast';

/** Fills the disk of a folder to its last block, or but for so many kB. */
export function fillDisk(dir: string, { butKilobytes = 0 } = {}): void {
  const reserve = join(dir, 'reserve');
  writeFileSync(reserve, Buffer.alloc(butKilobytes * 1024));
  fillUp(dir);
  rmSync(reserve);
}

function fillUp(dir: string): void {
  try {
    for (;;) writeFileSync(join(dir, BALLAST), Buffer.alloc(1024 * 1024), { flag: 'a' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

export function emptyDisk(dir: string): void {
  rmSync(join(dir, BALLAST), { force: true });
}

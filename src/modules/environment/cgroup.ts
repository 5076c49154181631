import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** What the container, or any other control group, may use and uses, in bytes. */
export interface CgroupMemory {
  readonly used: number;
  readonly limit: number;
}

// Version 1 writes "no limit" as the largest page-aligned number.
const NO_LIMIT = 2 ** 60;

/**
 * The tightest memory limit among the control group of this process and its ancestors, version 2 or 1; null
 * when there is none. Memory that the kernel gives back under pressure (inactive file pages) is not counted.
 * `root` stands for `/` in tests.
 */
export async function readCgroupMemory(root = '/'): Promise<CgroupMemory | null> {
  const groups = await text(join(root, 'proc/self/cgroup'));
  if (groups === undefined) return null;
  const found: CgroupMemory[] = [];
  for (const line of groups.trim().split('\n')) {
    const [, controllers = '', path = '/'] = line.split(':');
    if (controllers === '') found.push(...(await limitsAbove(join(root, 'sys/fs/cgroup'), path, VERSION_2)));
    else if (controllers.split(',').includes('memory'))
      found.push(...(await limitsAbove(join(root, 'sys/fs/cgroup/memory'), path, VERSION_1)));
  }
  return found.sort((a, b) => b.used / b.limit - a.used / a.limit)[0] ?? null;
}

interface Version {
  readonly limit: string;
  readonly used: string;
  readonly inactive: string;
}

const VERSION_2: Version = { limit: 'memory.max', used: 'memory.current', inactive: 'inactive_file' };
const VERSION_1: Version = {
  limit: 'memory.limit_in_bytes',
  used: 'memory.usage_in_bytes',
  inactive: 'total_inactive_file',
};

/** From the group up to the mount. In a container the path may name what is not mounted: then the mount counts. */
async function limitsAbove(mount: string, path: string, version: Version): Promise<CgroupMemory[]> {
  const found: CgroupMemory[] = [];
  for (let group = path; ; group = dirname(group)) {
    const dir = join(mount, group);
    const memory = await read(dir, version);
    if (memory !== undefined) found.push(memory);
    if (group === '/' || group === '.') return found;
  }
}

async function read(dir: string, version: Version): Promise<CgroupMemory | undefined> {
  const [limit, used, stat] = await Promise.all([
    text(join(dir, version.limit)).then(Number),
    text(join(dir, version.used)).then(Number),
    text(join(dir, 'memory.stat')),
  ]);
  // "max" is no number.
  if (!Number.isFinite(limit) || limit <= 0 || limit >= NO_LIMIT || !Number.isFinite(used)) return undefined;
  const inactive = Number(new RegExp(`^${version.inactive} (\\d+)$`, 'm').exec(stat ?? '')?.[1] ?? 0);
  return { limit, used: Math.max(0, used - inactive) };
}

async function text(path: string): Promise<string | undefined> {
  return await readFile(path, 'utf8').catch(() => undefined);
}

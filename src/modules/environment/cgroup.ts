import { readFileSync } from 'node:fs';
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
export function readCgroupMemory(root = '/'): CgroupMemory | null {
  const groups = text(join(root, 'proc/self/cgroup'));
  if (groups === undefined) return null;
  const found: CgroupMemory[] = [];
  for (const line of groups.trim().split('\n')) {
    const [, controllers = '', path = '/'] = line.split(':');
    if (controllers === '') found.push(...limitsAbove(join(root, 'sys/fs/cgroup'), path, VERSION_2));
    else if (controllers.split(',').includes('memory'))
      found.push(...limitsAbove(join(root, 'sys/fs/cgroup/memory'), path, VERSION_1));
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
function limitsAbove(mount: string, path: string, version: Version): CgroupMemory[] {
  const found: CgroupMemory[] = [];
  for (let group = path; ; group = dirname(group)) {
    const dir = join(mount, group);
    const memory = read(dir, version);
    if (memory !== undefined) found.push(memory);
    if (group === '/' || group === '.') return found;
  }
}

function read(dir: string, version: Version): CgroupMemory | undefined {
  const limit = Number(text(join(dir, version.limit)));
  const used = Number(text(join(dir, version.used)));
  // "max" is no number.
  if (!Number.isFinite(limit) || limit <= 0 || limit >= NO_LIMIT || !Number.isFinite(used)) return undefined;
  const stat = text(join(dir, 'memory.stat'));
  const inactive = Number(new RegExp(`^${version.inactive} (\\d+)$`, 'm').exec(stat ?? '')?.[1] ?? 0);
  return { limit, used: Math.max(0, used - inactive) };
}

function text(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

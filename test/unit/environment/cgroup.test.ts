import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { readCgroupMemory } from '../../../src/modules/environment/cgroup.js';

const roots: string[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true });
});

/** A file system with these files. */
function root(files: Record<string, string>): string {
  const dir = mkdtempSync(join(tmpdir(), 'probity-cgroup-'));
  roots.push(dir);
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, path)), { recursive: true });
    writeFileSync(join(dir, path), `${text}\n`);
  }
  return dir;
}

const V2 = 'sys/fs/cgroup';
const V1 = 'sys/fs/cgroup/memory';

describe('memory of the control group', () => {
  it('of version 2 is the working set against the limit', () => {
    const files = {
      'proc/self/cgroup': '0::/',
      [`${V2}/memory.max`]: '1000',
      [`${V2}/memory.current`]: '700',
      [`${V2}/memory.stat`]: 'anon 300\ninactive_file 250\nactive_file 1',
    };
    expect(readCgroupMemory(root(files))).toEqual({ limit: 1000, used: 450 });
  });

  it('of version 2 is that of the tightest ancestor', () => {
    const files = {
      'proc/self/cgroup': '0::/slice/service',
      [`${V2}/slice/service/memory.max`]: 'max',
      [`${V2}/slice/service/memory.current`]: '10',
      [`${V2}/slice/memory.max`]: '100',
      [`${V2}/slice/memory.current`]: '90',
      [`${V2}/slice/memory.stat`]: 'anon 1',
    };
    expect(readCgroupMemory(root(files))).toEqual({ limit: 100, used: 90 });
  });

  it('of version 2 is found at the mount when the path is not mounted, as in a container', () => {
    const files = {
      'proc/self/cgroup': '0::/docker/0123abc',
      [`${V2}/memory.max`]: '1000',
      [`${V2}/memory.current`]: '10',
    };
    expect(readCgroupMemory(root(files))).toEqual({ limit: 1000, used: 10 });
  });

  it('of version 1 is read from its own controller', () => {
    const files = {
      'proc/self/cgroup': '9:cpu,cpuacct:/x\n4:memory:/x\n1:name=systemd:/x',
      [`${V1}/x/memory.limit_in_bytes`]: '500',
      [`${V1}/x/memory.usage_in_bytes`]: '400',
      [`${V1}/x/memory.stat`]: 'inactive_file 5\ntotal_inactive_file 100',
      [`${V1}/memory.limit_in_bytes`]: '9223372036854771712',
      [`${V1}/memory.usage_in_bytes`]: '123456',
    };
    expect(readCgroupMemory(root(files))).toEqual({ limit: 500, used: 300 });
  });

  it.each([
    ['no control groups', {}],
    ['no limit', { 'proc/self/cgroup': '0::/', [`${V2}/memory.max`]: 'max', [`${V2}/memory.current`]: '1' }],
    ['files that cannot be read', { 'proc/self/cgroup': '0::/' }],
    ['nonsense', { 'proc/self/cgroup': '???', [`${V2}/memory.max`]: 'lots' }],
  ])('is unknown with %s', async (_what, files) => {
    expect(readCgroupMemory(root(files as Record<string, string>))).toBeNull();
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { unsuitableNode } from '../../scripts/lib/node-version.mjs';
import { ROOT } from './cruise.js';

interface Entry {
  readonly integrity?: string;
  readonly link?: boolean;
  readonly engines?: Readonly<Record<string, string>>;
}

const packagesOf = (file: string): Readonly<Record<string, Entry>> => {
  const lock = JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as { packages: Record<string, Entry> };
  return lock.packages;
};

describe('the lock files', () => {
  it.each(['package-lock.json', 'bench/package-lock.json'])(
    '%s holds every package to its content',
    (file) => {
      // The others are the project itself and its packages, and a link leads to a folder of it.
      const fetched = Object.entries(packagesOf(file)).filter(
        ([path, { link }]) => path.startsWith('node_modules/') && !link,
      );
      const loose = fetched.filter(([, { integrity }]) => !integrity?.startsWith('sha512-'));
      expect(loose.map(([path]) => path)).toEqual([]);
      expect(fetched.length).toBeGreaterThan(100);
    },
  );

  it('ask for the same Node as package.json', () => {
    const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as Entry;
    expect(packagesOf('package-lock.json')['']?.engines).toEqual(engines);
  });
});

describe('the installer', () => {
  it.each(['20.19.0', '20.20.2', '22.13.0', '24.0.0', '26.1.0'])('takes Node %s', (version) => {
    expect(unsuitableNode(version)).toBeUndefined();
  });

  // What these lack is require() of an ES module, or what the linter wants.
  it.each(['18.20.8', '20.11.0', '20.18.3', '21.7.3', '22.12.0', '23.11.1'])('refuses Node %s', (version) => {
    expect(unsuitableNode(version)).toMatch(new RegExp(`^Node \\^20.*is needed, this is ${version}$`));
  });

  it('does not guess at a range that it cannot read', () => {
    expect(() => unsuitableNode('20.19.0', '20.x')).toThrow('not understood: 20.x');
  });
});

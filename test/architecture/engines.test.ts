import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from './cruise.js';

const semver = createRequire(import.meta.url)('semver') as {
  subset(range: string, of: string): boolean;
  major(version: string): number;
};

interface Entry {
  readonly version?: string;
  readonly dev?: boolean;
  readonly engines?: { readonly node?: string };
}

/** They ask for a newer Node than what is used of them needs, and are not ours to choose. */
const ASK_FOR_MORE: Readonly<Record<string, string>> = {
  'node_modules/cookie@2':
    'of light-my-request, by which Fastify is asked without a socket: nobody does here',
  'node_modules/file-type@22': 'of @nestjs/common, which loads it for its FileTypeValidator alone',
};

const read = (file: string) => JSON.parse(readFileSync(join(ROOT, file), 'utf8')) as unknown;
const lock = (read('package-lock.json') as { packages: Record<string, Entry> }).packages;
const ours = lock['']?.engines?.node ?? '';

/** What a production install has and the Node that we promise may not run: by path and major version. */
const notForOurNode = (packages: Readonly<Record<string, Entry>>): string[] =>
  Object.entries(packages)
    .filter(([, { dev }]) => dev !== true)
    .filter(([, { engines }]) => !semver.subset(ours, engines?.node ?? '*'))
    .map(([path, { version }]) => `${path}@${semver.major(version ?? '')}`)
    .toSorted();

describe('what runs in production', () => {
  it('runs on every Node that we promise, with all that it depends on', () => {
    expect(notForOurNode(lock)).toEqual(Object.keys(ASK_FOR_MORE));
  });

  it('is noticed when it does not', () => {
    const entries = { new: { version: '15.0.0', engines: { node: '>=22' } }, old: { version: '1.0.0' } };
    expect(notForOurNode(entries)).toEqual(['new@15']);
    const gap = { gap: { version: '2.1.0', engines: { node: '^20.19.0 || >=24' } } };
    expect(notForOurNode(gap)).toEqual(['gap@2']);
    expect(notForOurNode({ tool: { version: '1.0.0', dev: true, engines: { node: '>=22' } } })).toEqual([]);
  });

  it.each(readdirSync(join(ROOT, 'packages')))('packages/%s promises the same Node', (name) => {
    expect(read(`packages/${name}/package.json`)).toMatchObject({ engines: { node: ours } });
  });
});

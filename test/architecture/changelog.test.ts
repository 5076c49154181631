import { readFileSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { ROOT } from './cruise.js';

const semver = createRequire(import.meta.url)('semver') as { gt(a: string, b: string): boolean };

interface Release {
  readonly version: string;
  readonly date: string;
}

const SECTIONS = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'];
const text = readFileSync(join(ROOT, 'CHANGELOG.md'), 'utf8');

const releasesOf = (name: string, log: string): readonly Release[] =>
  [...log.matchAll(/^## (\S+) (\d+\.\d+\.\d+) - (\d{4}-\d\d-\d\d)$/gm)]
    .filter((match) => match[1] === name)
    .map((match) => ({ version: match[2] ?? '', date: match[3] ?? '' }));

/** What the changelog and a package say differently. */
function disagreements({ name, version }: { name: string; version: string }, log: string): readonly string[] {
  const releases = releasesOf(name, log);
  const newest = releases[0]?.version;
  const older = releases.slice(1).filter((each, index) => {
    const { version: later = '', date = '' } = releases[index] ?? {};
    return !semver.gt(later, each.version) || date < each.date;
  });
  return [
    ...(newest === version ? [] : [`${name} is ${version}, its newest entry ${newest}`]),
    ...older.map((each) => `${name} ${each.version} stands below an older one`),
  ];
}

describe('the changelog', () => {
  it.each(readdirSync(join(ROOT, 'packages')))('begins with the version of packages/%s', (dir) => {
    const manifest = JSON.parse(readFileSync(join(ROOT, 'packages', dir, 'package.json'), 'utf8')) as {
      name: string;
      version: string;
    };
    expect(disagreements(manifest, text)).toEqual([]);
    expect(disagreements({ ...manifest, version: '99.0.0' }, text)).toHaveLength(1);
  });

  it('is in the form that it says', () => {
    const headings = [...text.matchAll(/^## (.*)$/gm)].map((match) => match[1] ?? '');
    const names = [...new Set(headings.map((heading) => heading.split(' ')[0] ?? ''))];
    expect(names.flatMap((name) => releasesOf(name, text))).toHaveLength(headings.length);
    const sections = [...text.matchAll(/^### (.*)$/gm)].map((match) => match[1]);
    expect(sections.filter((each) => !SECTIONS.includes(each ?? ''))).toEqual([]);
  });

  it('is found to be wrong when an entry stands in the wrong place', () => {
    const log = '## a 1.0.0 - 2026-01-01\n\n## a 1.1.0 - 2026-02-01\n';
    expect(disagreements({ name: 'a', version: '1.0.0' }, log)).toEqual([
      'a 1.1.0 stands below an older one',
    ]);
  });
});

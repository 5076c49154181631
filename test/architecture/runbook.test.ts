import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { codeDefinition, isCode, registry, runbookOf, type Code } from '../../src/modules/health/index.js';

const codes = [...registry.keys()] as Code[];
const pages = new Map<string, string>();
const page = (name: string): string => {
  if (!pages.has(name)) pages.set(name, readFileSync(name, 'utf8'));
  return pages.get(name) ?? '';
};
/** GitHub's anchor of a heading that is a code: lower case, without dots. */
const anchorOf = (heading: string) => heading.toLowerCase().replaceAll('.', '').replaceAll(' ', '-');
const sections = (text: string) =>
  new Map(
    text
      .split(/^### /m)
      .slice(1)
      .map((part) => [part.slice(0, part.indexOf('\n')).trim(), part]),
  );

describe('the registry of codes and the runbooks', () => {
  it.each(codes)('%s has the section that its answers point at', (code) => {
    const [file = '', anchor] = runbookOf(code).split('#');
    const headings = [...sections(page(file)).keys()];
    expect(headings.map(anchorOf)).toContain(anchor);
  });

  it.each(codes.filter((code) => codeDefinition(code).status !== 'pass'))(
    '%s says symptom, meaning, first command and fix',
    (code) => {
      const [file = ''] = runbookOf(code).split('#');
      const section = sections(page(file)).get(code) ?? '';
      for (const part of ['Symptom', 'Meaning', 'First command', 'Fix']) expect(section).toContain(part);
    },
  );

  it('has no section for a code that does not exist', () => {
    const named = [...sections(page('docs/runbooks/production-monitoring.md')).keys()];
    const codeLike = named.filter((heading) => /^[a-z_]+\.[a-z_]+$/.test(heading));
    expect(codeLike.filter((heading) => !isCode(heading))).toEqual([]);
    expect(codeLike.length).toBeGreaterThan(20);
  });

  it('never calls a restart helpful for what is no failure, nor names a target without need', () => {
    for (const code of codes) {
      const { status, restart } = codeDefinition(code);
      if (status === 'pass') expect([code, restart]).toEqual([code, 'useless']);
    }
  });
});

import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import '../fixtures/all-codes.js';
import {
  codeDefinition,
  isCode,
  registry,
  runbookOf,
  type Code,
  type CodeDefinition,
} from '../../src/modules/health/index.js';

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

const PARTS = ['Symptom', 'Meaning', 'First command', 'Fix'];

/** What a page does not say of a code, or says otherwise than the registry. */
function disagreements(code: string, definition: CodeDefinition, text: string): string[] {
  const section = sections(text).get(code);
  if (section === undefined) return ['no section'];
  const firstCommands = [...section.matchAll(/^- \*\*First command:\*\* `(.*)`$/gm)].map((match) => match[1]);
  if (definition.status === 'pass') return [];
  const { firstCommand } = definition;
  return [
    ...PARTS.filter((part) => !section.includes(`- **${part}:** `)).map((part) => `no ${part}`),
    ...(firstCommands.length === 1 && firstCommands[0] === firstCommand
      ? []
      : [`begins with ${String(firstCommands)}, not with ${firstCommand}`]),
  ];
}

describe('the registry of codes and the runbooks', () => {
  it.each(codes)('%s has the section that its answers point at', (code) => {
    const [file = '', anchor] = runbookOf(code).split('#');
    const headings = [...sections(page(file)).keys()];
    expect(headings.map(anchorOf)).toContain(anchor);
  });

  it.each(codes)(
    '%s has in its section what is to be known and done, and begins as it says itself',
    (code) => {
      const [file = ''] = runbookOf(code).split('#');
      expect(disagreements(code, codeDefinition(code), page(file))).toEqual([]);
    },
  );

  it('notice it when the two say different things', () => {
    const code = 'redis.unreachable';
    const definition = codeDefinition(code);
    const text = page('docs/runbooks/production-monitoring.md');
    const section = sections(text).get(code) ?? '';
    const without = (part: string) => text.replace(section, section.replace(`- **${part}:**`, `- ${part}:`));
    expect(disagreements(code, definition, text.replace(section, ''))).toEqual(['no section']);
    for (const part of PARTS)
      expect(disagreements(code, definition, without(part))).toContainEqual(`no ${part}`);
    const other = text.replace(section, section.replace(' PING`', ' ROLE`'));
    expect(disagreements(code, definition, other)).toEqual([
      expect.stringMatching(/ROLE, not with .* PING$/),
    ]);
    const twice = text.replace(section, `${section}- **First command:** \`redis-cli ROLE\`\n`);
    expect(disagreements(code, definition, twice)).toHaveLength(1);
    const changed = { ...definition, firstCommand: 'redis-cli ROLE' } as CodeDefinition;
    expect(disagreements(code, changed, text)).toEqual([
      expect.stringMatching(/PING, not with redis-cli ROLE$/),
    ]);
  });

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

  it('keeps the codes of what passes in the appendix, and there only them', () => {
    const text = page('docs/runbooks/production-monitoring.md');
    const [before = '', appendix = ''] = text.split('## Appendix: when all is well');
    const statusOf = (heading: string) => isCode(heading) && codeDefinition(heading).status;
    expect([...sections(before).keys()].filter((each) => statusOf(each) === 'pass')).toEqual([]);
    expect([...sections(appendix).keys()].filter((each) => statusOf(each) !== 'pass')).toEqual([]);
  });

  it('begins with what is seen, on one screen, and leads to sections that exist', () => {
    const text = page('docs/runbooks/production-monitoring.md');
    const [seen = ''] = text.split('## What you see\n')[1]?.split('\nProbity answers') ?? [];
    expect(seen.trim().split('\n').length).toBeLessThanOrEqual(24);
    const headings = [...text.matchAll(/^#+ (.*)$/gm)].map((match) =>
      anchorOf(match[1] ?? '').replaceAll(':', ''),
    );
    const anchors = [...text.matchAll(/\]\(#([^)]*)\)/g)].map((match) => match[1]);
    expect(anchors.length).toBeGreaterThan(20);
    expect(anchors.filter((anchor) => !headings.includes(anchor ?? ''))).toEqual([]);
  });

  it.each(['docs/runbooks/production-monitoring.md', 'docs/runbooks/supervised-worker.md'])(
    '%s asks with the address and the token of the shell, and says how to restart a worker',
    (name) => {
      const asks = [...page(name).matchAll(/^- \*\*First command:\*\* `(.*)`$/gm)]
        .map((match) => match[1] ?? '')
        .filter((each) => /\bcurl\b|\bask\b/.test(each) && !/\$\{?(OPENAI|EVM_RPC|ANTHROPIC)/.test(each));
      expect(asks.length).toBeGreaterThan(10);
      expect(asks.filter((each) => !/"\$(PROBITY|WORKER|APP_SERVER)\//.test(each))).toEqual([]);
      expect(asks.filter((each) => !/Authorization: Bearer \$(OPS|API)_TOKEN/.test(each))).toEqual([]);
      const fixes = [...page(name).matchAll(/^- \*\*Fix:\*\* (.*)$/gm)].map((match) => match[1] ?? '');
      const restarts = fixes.filter((each) => /^.*\b[Rr]estart (the|that) (\w+ )?worker\b/.test(each));
      expect(
        restarts.filter((each) => !/#restart-the-worker\)|[Dd]o not restart|start the worker/.test(each)),
      ).toEqual([]);
    },
  );
});

import { readFileSync } from 'node:fs';

/** The commands that a page prints: in blocks, of which the first sets the shell up, and one for each code. */
export interface Page {
  readonly preamble: string;
  readonly blocks: readonly string[];
  /** Each once, however many codes begin with it. */
  readonly firstCommands: readonly string[];
}

export function readPage(file: string): Page {
  const text = readFileSync(file, 'utf8');
  const [preamble = '', ...blocks] = [...text.matchAll(/^ *```sh\n([\s\S]*?)^ *```/gm)]
    .map((match) => (match[1] ?? '').replace(/^ {3}/gm, ''))
    // One test for each command; a continued line is indented.
    .flatMap((block, index) => (index === 0 ? [block] : block.trim().split(/\n(?=\S)/)));
  const firstCommands = [...text.matchAll(/^- \*\*First command:\*\* `(.*)`$/gm)].map(
    (match) => match[1] ?? '',
  );
  return { preamble, blocks, firstCommands: [...new Set(firstCommands)] };
}

/** The rows of the table under a heading, as cells without backticks; without its head. */
export function tableUnder(file: string, heading: string): string[][] {
  const section = readFileSync(file, 'utf8').split(`## ${heading}\n`)[1]?.split(/^## /m)[0] ?? '';
  const rows = section.split('\n').filter((line) => line.startsWith('|'));
  return rows.slice(2).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replace(/^`(.*)`$/, '$1')),
  );
}

/** What systemd alone can answer. */
export const isOfSystemd = (command: string): boolean => command.startsWith('journalctl');

/** What it prints is no answer of ours, and may well be nothing. */
export const mayBeSilent = (command: string): boolean =>
  /select\(|> "|jq '?\.status\.details|CONFIG GET|grep|z(rev)?range|hm?get|SLOWLOG|\.items\[\]|\.error\b/.test(
    command,
  );

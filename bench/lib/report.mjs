// Results as a table for people, as JSON, and as docs/performance.md.
import { execFileSync } from 'node:child_process';
import { cpus, platform, release, totalmem } from 'node:os';

/** What measured, and when. */
export function circumstances(loadGenerator) {
  const git = (...args) =>
    execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  let commit = 'unknown';
  try {
    commit = `${git('rev-parse', '--short', 'HEAD')}${git('status', '--porcelain', 'src') ? ', with changes' : ''}`;
  } catch {
    // Not a git checkout.
  }
  return {
    date: new Date().toISOString().slice(0, 16).replace('T', ' ') + ' UTC',
    commit,
    machine: `${cpus().length} cores (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB`,
    system: `${platform()} ${release()}, Node ${process.versions.node}`,
    loadGenerator,
  };
}

/** A table in Markdown, aligned so that it also reads well in a terminal. */
export function table(columns, rows) {
  const cells = [
    columns.map(([heading]) => heading),
    ...rows.map((row) => columns.map(([, show]) => show(row))),
  ];
  const widths = columns.map((_, index) => Math.max(...cells.map((line) => line[index].length)));
  // Names stand left, numbers right.
  const pad = (text, index) => (index === 0 ? text.padEnd(widths[index]) : text.padStart(widths[index]));
  const line = (parts) => `| ${parts.map(pad).join(' | ')} |`;
  const rule = `| ${widths.map((width, index) => (index === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`)).join(' | ')} |`;
  return [line(cells[0]), rule, ...cells.slice(1).map(line)].join('\n');
}

export const AIMS = [
  ['aim', (row) => row.what],
  ['wanted', (row) => row.aim],
  ['seen', (row) => row.seen],
  ['reached', (row) => (row.reached ? 'yes' : 'NO')],
];

/** The sections of a report: one table per measurement, and the aims of all. */
export function sections(results, tables) {
  const parts = Object.entries(results).map(([name, { rows }]) => ({
    title: tables[name].title,
    text: table(tables[name].columns, rows),
  }));
  const aims = Object.values(results).flatMap((result) => result.aims);
  return [{ title: 'Aims', text: table(AIMS, aims) }, ...parts];
}

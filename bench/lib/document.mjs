// docs/performance.md: text around two generated parts, each between its own pair of marks.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../build/devkit/index.js';

const FILE = join(ROOT, 'docs', 'performance.md');

/** Replaces the part named `name` (`bench`, `soak`); the rest of the document stays as it is. */
export function writeDocument(name, about, parts) {
  const [begin, end] = [`<!-- ${name}: generated -->`, `<!-- ${name}: end -->`];
  const text = readFileSync(FILE, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from === -1 || to === -1) throw new Error(`${FILE} has no part between ${begin} and ${end}`);
  const facts = [
    `Measured ${about.date} at ${about.commit}, on ${about.machine}, ${about.system}`,
    about.loadGenerator === undefined ? '' : `; load by ${about.loadGenerator}`,
    '.',
  ].join('');
  const body = parts.map((part) => `### ${part.title}\n\n${part.text}`).join('\n\n');
  writeFileSync(FILE, `${text.slice(0, from)}${begin}\n\n${facts}\n\n${body}\n\n${text.slice(to)}`);
}

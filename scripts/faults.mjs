// npm run faults [id ...] [-- --write]: injects the faults of test/faults, all or those named (A8, C, X), into real
// engines, and prints what was seen. Writes .data/faults/latest.json, and with --write docs/faults.md too.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './lib/build.mjs';
import { asDocument, asTable } from './lib/fault-table.mjs';
import { machine } from './lib/machine.mjs';

const args = process.argv.slice(2);
const write = args.includes('--write');
const ids = args.filter((arg) => !arg.startsWith('-'));
const dir = join(root, '.data', 'faults');
const rows = join(dir, 'rows');

const survivalFile = join(dir, 'survival.json');
rmSync(survivalFile, { force: true });
rmSync(rows, { recursive: true, force: true });
mkdirSync(rows, { recursive: true });
const startedAt = Date.now();
const code = await runTests();
const records = readdirSync(rows)
  .map((file) => JSON.parse(readFileSync(join(rows, file), 'utf8')))
  .filter(({ id }) => ids.length === 0 || ids.some((wanted) => id.startsWith(wanted)))
  .sort((a, b) => a.id.localeCompare(b.id, 'en', { numeric: true }));

process.stdout.write(`\n${asTable(records)}\n`);
const report = {
  at: new Date(startedAt).toISOString(),
  tookMs: Date.now() - startedAt,
  machine: machine(),
  records,
  survival: existsSync(survivalFile) ? JSON.parse(readFileSync(survivalFile, 'utf8')) : null,
};
writeFileSync(join(dir, 'latest.json'), `${JSON.stringify(report, null, 2)}\n`);
if (write) writeFileSync(join(root, 'docs', 'faults.md'), asDocument(report));
process.stdout.write(`${write ? 'docs/faults.md and ' : ''}.data/faults/latest.json written\n`);
process.exitCode = code;

function runTests() {
  // A test is named by its fault: `A8: Redis frozen`, after the section's own name.
  const only = ids.length === 0 ? [] : ['-t', ` (${ids.join('|')})[0-9a-z]*: `];
  const command = [join(root, 'scripts', 'test.mjs'), 'faults', ...only];
  // Those that were not asked for count as skipped, which is a failure in CI.
  const env = { ...process.env, ...(only.length === 0 ? {} : { CI: '' }) };
  const child = spawn(process.execPath, command, { cwd: root, env, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => child.once('close', (status) => resolve(status ?? 1)));
}

// npm run survival [-- seconds] [-- --seed=n]: a load of executions while worker, api and Redis are killed at random
// and Redis loses its data once. Five minutes by default. Prints what came of it; .data/faults/survival.json has it.
import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './lib/build.mjs';

const args = process.argv.slice(2);
const seconds = args.find((arg) => /^\d+$/.test(arg)) ?? '300';
const seed =
  args.find((arg) => arg.startsWith('--seed='))?.slice('--seed='.length) ?? String(Date.now() % 1e9);
const file = join(root, '.data', 'faults', 'survival.json');

process.stdout.write(`killing things at random for ${seconds} s, seed ${seed}\n`);
rmSync(file, { force: true });
const test = [join(root, 'scripts', 'test.mjs'), 'faults', '--testPathPatterns', 'survival'];
const env = { ...process.env, SURVIVAL_SECONDS: seconds, SURVIVAL_SEED: seed };
const { status } = spawnSync(process.execPath, test, { cwd: root, env, stdio: 'inherit' });
try {
  const { kills, ended, failures, ...rest } = JSON.parse(readFileSync(file, 'utf8'));
  const words = (counts) =>
    Object.entries(counts)
      .map(([name, count]) => `${count} ${name}`)
      .join(', ');
  const rows = {
    killed: words(kills),
    ended: words(ended),
    'failed because': words(failures) || '-',
    ...rest,
  };
  for (const [name, value] of Object.entries(rows)) {
    const shown = Array.isArray(value) ? value.join(', ') || 'none' : value;
    process.stdout.write(`${name.padEnd(18)} ${shown}\n`);
  }
} catch {
  process.stderr.write('npm run survival: it came to no report\n');
}
process.exitCode = status ?? 1;

// npm run bench: what Probity costs and how fast it sees, beside its peers. From a bare clone: installs, builds,
// provides Redis and PostgreSQL, measures, prints.
//   npm run bench [-- name ...] [--quick] [--write]
//   npm run soak [-- minutes] [--backlog=jobs] [--write]
import { join } from 'node:path';
import { buildWhenStale, root } from './lib/build.mjs';
import { ensureInstalled, installLocked } from './lib/install.mjs';

const HELP = `npm run bench [-- name ...] [--quick] [--write]
npm run soak [-- minutes] [--backlog=jobs] [--write]

Names: throughput, boot, detection, open-loop, cost, growth, child-exit, gateway, restarts, worker-import;
all of them by default, which takes about fifteen minutes on a machine that should have nothing else to do.
  --quick  tiny durations: shows that everything works, its figures mean little
  --write  puts the tables into docs/performance.md
  --backlog=300000  so many accepted executions wait during the soak
`;
const NAMES = [
  'throughput',
  'boot',
  'detection',
  'open-loop',
  'cost',
  'growth',
  'child-exit',
  'gateway',
  'restarts',
  'worker-import',
];
const FLAGS = ['--quick', '--write', '--help'];

const [command, ...args] = process.argv.slice(2);
const flags = args.filter((arg) => arg.startsWith('--'));
const words = args.filter((arg) => !arg.startsWith('--'));
const backlog = /^--backlog=(\d+)$/.exec(flags.find((flag) => flag.startsWith('--backlog')) ?? '')?.[1];
const isKnown = (flag) =>
  FLAGS.includes(flag) || (command === 'soak' && backlog !== undefined && flag.startsWith('--backlog='));
const wrong = [
  ...flags.filter((flag) => !isKnown(flag)),
  ...words.filter((word) => (command === 'soak' ? !(Number(word) > 0) : !NAMES.includes(word))),
];

if (flags.includes('--help')) process.stdout.write(HELP);
else if (wrong.length > 0) fail(`unknown: ${wrong.join(' ')}\n${HELP}`, 2);
else await run();

async function run() {
  try {
    ensureInstalled(say);
    // The peers are no dependencies of Probity: they live in bench/node_modules, by a lock of their own.
    installLocked(join(root, 'bench'), ['--ignore-scripts'], say);
    const complaints = await buildWhenStale(say);
    if (complaints) say(`the build has errors, its output is used as it is:\n${complaints}`);
    process.chdir(root);
    const write = flags.includes('--write');
    const quick = flags.includes('--quick');
    if (command === 'soak') {
      const { runSoak } = await import('../bench/soak.mjs');
      process.exitCode = (await runSoak({
        minutes: Number(words[0] ?? 30),
        backlog: Number(backlog ?? 0),
        write,
      }))
        ? 0
        : 1;
    } else {
      const { runBench } = await import('../bench/run.mjs');
      const reached = await runBench({ names: words, quick, write });
      // Tiny durations say nothing about the aims.
      process.exitCode = reached || quick ? 0 : 1;
    }
  } catch (error) {
    fail(error.stack, 1);
  }
}

function say(line) {
  process.stderr.write(`… ${line}\n`);
}

function fail(message, code) {
  process.stderr.write(`npm run ${command}: ${message}\n`);
  process.exitCode = code;
}

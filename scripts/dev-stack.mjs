// npm run dev:stack: the whole platform on this machine, from a bare clone. Installs the dependencies and builds
// when that is needed; everything else is src/stack.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildWhenStale, root } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { HELP, parseArguments } from './lib/stack-arguments.mjs';

const entry = join(root, 'dist', 'stack', 'main.js');
const parsed = parseArguments(process.argv.slice(2));

if (parsed.error) fail(parsed.error, 2);
else if (parsed.command === 'help') process.stdout.write(HELP);
else await run(parsed);

async function run({ command, json }) {
  const starts = command === 'up' || command === 'detach';
  if (starts && !(await prepare())) return;
  if (!existsSync(entry)) {
    // Never built, hence never started.
    process.stdout.write(json ? '{"phase":"stopped","ready":false}\n' : 'The dev stack is not running.\n');
    process.exitCode = command === 'status' ? 3 : 0;
    return;
  }
  process.chdir(root);
  process.argv.splice(1, Infinity, entry, command, ...(json ? ['--json'] : []));
  await import(pathToFileURL(entry).href);
}

async function prepare() {
  try {
    await timed('dependencies', () => ensureInstalled((line) => say(`… ${line}`)));
    const complaints = await timed('build', () => buildWhenStale((line) => say(`… ${line}`)));
    if (!complaints) return true;
    fail(`the build failed; correct this and start again:\n${complaints}`, 1);
  } catch (error) {
    fail(error.message, 1);
  }
  return false;
}

/** Says how long a step took when somebody had to wait for it. */
async function timed(name, step) {
  const startedAt = Date.now();
  const answer = await step();
  const seconds = (Date.now() - startedAt) / 1000;
  if (seconds > 1 && !answer) say(`✓ ${name} (${seconds.toFixed(1)} s)`);
  return answer;
}

function say(line) {
  process.stderr.write(`${line}\n`);
}

function fail(message, code) {
  say(`dev:stack: ${message}`);
  process.exitCode = code;
}

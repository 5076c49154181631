// npm test: sets up what the tests need, runs them, and ends with one line of counts.
//   node scripts/test.mjs [--timed] [tier ...] [arguments of jest ...]
// --timed runs tier after tier, and says how long each one took.
// On a bare clone it installs the dependencies first; redis-server, PostgreSQL and dist/ are seen to by the
// tests' global set-up, for the tiers that need them.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { root } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';

/** What everybody runs: minutes. */
const USUAL = ['unit', 'architecture', 'integration', 'e2e'];
/** And what takes many more. */
const TIERS = [...USUAL, 'engines', 'faults', 'bench', 'packages'];
/** Most of what a test of these does is to wait for a real deadline of something real. */
const WAITING = ['integration', 'e2e', 'engines'];
/** What computes wants a core, and so does what is timed. */
function workersFor(tiers) {
  const timed = tiers.some((tier) => !USUAL.includes(tier) && !WAITING.includes(tier));
  return (!timed && tiers.some((tier) => WAITING.includes(tier)) ? 3 : 1) * cpus().length;
}
/** After its results Jest ends by itself, unless a test has left something open. */
const ENDS_WITHIN_MS = 30_000;

const timed = process.argv[2] === '--timed';
const args = process.argv.slice(timed ? 3 : 2);
const firstOther = args.findIndex((arg) => !TIERS.includes(arg));
const split = firstOther === -1 ? args.length : firstOther;
const chosen = args.slice(0, split);
const passedOn = args.slice(split);

try {
  ensureInstalled((line) => console.error(line));
} catch (error) {
  console.error(`npm test: ${error.message}`);
  process.exit(1);
}
const tiers = chosen.length > 0 ? chosen : USUAL;
const runs = [];
for (const group of timed ? tiers.map((tier) => [tier]) : [tiers]) {
  const startedAt = Date.now();
  runs.push(await runJest(group, passedOn));
  if (timed) console.log(`${group[0]}: ${((Date.now() - startedAt) / 60_000).toFixed(1)} min`);
}
process.exitCode = report(runs);

/** Answers jest's exit code and the results that it wrote, if it came so far. */
function runJest(tiers, extra) {
  const dir = join(root, '.data', 'test-results');
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const outputFile = join(dir, `${process.pid}.json`);
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  const flags = ['--json', `--outputFile=${outputFile}`, `--maxWorkers=${workersFor(tiers)}`];
  const command = [jest, ...flags, ...extra, '--selectProjects', ...tiers];
  const env = {
    ...process.env,
    // Jest runs ESM only with this flag, and Node warns of it once per process.
    NODE_OPTIONS: '--experimental-vm-modules --disable-warning=ExperimentalWarning',
  };
  const child = spawn(process.execPath, command, { cwd: root, env, stdio: ['ignore', 'ignore', 'inherit'] });
  // A Ctrl-C reaches jest as well: it ends, and its results are still reported.
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => {
    let leftOpen = false;
    const watch = setInterval(() => {
      const writtenAt = statSync(outputFile, { throwIfNoEntry: false })?.mtimeMs;
      if (writtenAt === undefined || Date.now() - writtenAt < ENDS_WITHIN_MS) return;
      leftOpen = true;
      child.kill('SIGKILL');
    }, 1000);
    child.once('close', (code) => {
      clearInterval(watch);
      const results = read(outputFile);
      rmSync(outputFile, { force: true });
      resolve({ code, results, leftOpen });
    });
  });
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Prints the closing line, after the reasons for a failure that jest does not see; answers the exit code. */
function report(runs) {
  const sum = (count) => runs.reduce((total, { results }) => total + (results ? count(results) : 0), 0);
  const passed = sum((results) => results.numPassedTests);
  const failed = sum((results) => results.numFailedTests + results.numRuntimeErrorTestSuites);
  const skipped = sum((results) => results.numPendingTests + results.numTodoTests);
  const code = runs.every((run) => run.code === 0) ? 0 : runs.find((run) => run.code !== 0).code;
  const reasons = [];
  if (runs.some(({ results }) => !results)) {
    reasons.push(`jest ended with ${code ?? 'a signal'} before it had results`);
  } else if (passed + failed === 0) reasons.push('no test was executed');
  if (runs.some(({ leftOpen }) => leftOpen))
    reasons.push('a test has left something open, and Jest did not end');
  if (process.env.CI === 'true' && skipped > 0) reasons.push('with CI=true a skipped test is a failure');
  if (code !== 0 && failed === 0 && reasons.length === 0)
    reasons.push(`jest ended with ${code ?? 'a signal'}`);
  for (const line of failures(runs)) console.error(`failed: ${line}`);
  for (const reason of reasons) console.error(`npm test: ${reason}`);
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  return code === 0 && failed === 0 && reasons.length === 0 ? 0 : 1;
}

/** What failed, by name: of a run of many minutes one reads the end. */
function failures(runs) {
  return runs.flatMap(({ results }) =>
    (results?.testResults ?? []).flatMap(({ name, status, assertionResults }) => {
      const file = relative(root, name);
      const failed = assertionResults.filter((test) => test.status === 'failed');
      if (status === 'failed' && failed.length === 0) return [`${file} (before its tests)`];
      return failed.map((test) => {
        const [first = ''] = stripVTControlCharacters(test.failureMessages[0] ?? '').split('\n');
        return `${file} › ${test.fullName}: ${first.slice(0, 300)}`;
      });
    }),
  );
}

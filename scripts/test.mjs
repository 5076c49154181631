// npm test: sets up what the tests need, runs them, and ends with one line of counts.
//   node scripts/test.mjs [tier ...] [arguments of jest ...]
// On a bare clone it installs the dependencies first; redis-server, PostgreSQL and dist/ are seen to by the
// tests' global set-up, for the tiers that need them.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { root } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';

const TIERS = ['unit', 'architecture', 'integration', 'e2e', 'faults'];

const args = process.argv.slice(2);
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
process.exitCode = report(await runJest(chosen.length > 0 ? chosen : TIERS, passedOn));

/** Answers jest's exit code and the results that it wrote, if it came so far. */
function runJest(tiers, extra) {
  const dir = join(root, '.data', 'test-results');
  mkdirSync(dir, { recursive: true });
  const outputFile = join(dir, `${process.pid}.json`);
  const jest = join(root, 'node_modules', 'jest', 'bin', 'jest.js');
  // What a test left open must not hold up the end of a run: its processes are guarded, and end with it.
  const flags = ['--json', `--outputFile=${outputFile}`, `--maxWorkers=${cpus().length}`, '--forceExit'];
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
    child.once('close', (code) => {
      const results = read(outputFile);
      rmSync(outputFile, { force: true });
      resolve({ code, results });
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
function report({ code, results }) {
  const passed = results?.numPassedTests ?? 0;
  const failed = (results?.numFailedTests ?? 0) + (results?.numRuntimeErrorTestSuites ?? 0);
  const skipped = (results?.numPendingTests ?? 0) + (results?.numTodoTests ?? 0);
  const reasons = [];
  if (!results) reasons.push(`jest ended with ${code ?? 'a signal'} before it had results`);
  else if (passed + failed === 0) reasons.push('no test was executed');
  if (process.env.CI === 'true' && skipped > 0) reasons.push('with CI=true a skipped test is a failure');
  if (code !== 0 && failed === 0 && reasons.length === 0)
    reasons.push(`jest ended with ${code ?? 'a signal'}`);
  for (const reason of reasons) console.error(`npm test: ${reason}`);
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  return code === 0 && failed === 0 && reasons.length === 0 ? 0 : 1;
}

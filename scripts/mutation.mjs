// npm run mutation [-- --all | file ...]: changes pure files in every way that Stryker knows, one at a time, and runs
// the unit tests of their names. Changes that no test notices are printed; how many are noticed has a floor.
// Without arguments these are the files that differ, they or their tests, from those in the record, and a few whose
// verdicts wake people or restart something. The record is what came of each file, kept beside the tests.
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import jest from '../jest.config.mjs';
import { root } from './lib/build.mjs';
import { ensureInstalled } from './lib/install.mjs';
import { pureFiles, testOf } from './lib/pure-files.mjs';

/** Percent of the changes of each file. It only rises. */
const FLOOR = 75;
const RECORD = join(root, 'test', 'unit', 'mutation.json');
const ALWAYS = [
  'src/modules/heartbeat/wedge.policy.ts',
  'src/modules/queue/durability/durability.assess.ts',
  'src/modules/supervision/machine/supervisor.state.ts',
];
const NOTICED = ['Killed', 'Timeout'];
const UNNOTICED = ['Survived', 'NoCoverage'];

ensureInstalled((line) => console.error(line));
const { Stryker } = await import('@stryker-mutator/core');
const startedAt = Date.now();
const record = readRecord();
const all = pureFiles(root);
const files = chosen(process.argv.slice(2));
for (const file of files) {
  record[file] = { ...(await mutate(file)), hash: hashOf(file) };
  writeFileSync(RECORD, `${JSON.stringify(sorted(record), null, 2)}\n`);
}
const below = Object.entries(record).filter(([, counts]) => share(counts) < FLOOR);
for (const [file, counts] of below) console.error(`below ${FLOOR} %: ${row(file, counts)}`);
const minutes = ((Date.now() - startedAt) / 60_000).toFixed(1);
console.log(`mutation: ${files.length} of ${all.length} files in ${minutes} min; all of them:`);
console.log(row('of the changes were noticed', total(Object.values(record))));
process.exitCode = below.length === 0 ? 0 : 1;

function chosen(args) {
  const named = args.filter((arg) => !arg.startsWith('-'));
  const unknown = named.filter((file) => !all.includes(file));
  if (unknown.length > 0) throw new Error(`no pure file: ${unknown.join(', ')}`);
  for (const file of Object.keys(record)) if (!all.includes(file)) delete record[file];
  if (named.length > 0) return named;
  if (args.includes('--all')) return all;
  return all.filter((file) => ALWAYS.includes(file) || record[file]?.hash !== hashOf(file));
}

/** One run of Stryker, whose tests are those of the file's name alone: any other would be slow and prove less. */
async function mutate(file) {
  const unit = jest.projects.find(({ displayName }) => displayName === 'unit');
  const stryker = new Stryker({
    mutate: [file],
    testRunner: 'jest',
    testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
    jest: {
      projectType: 'custom',
      config: {
        ...unit,
        // Instead of those of the file, whose set-up starts servers.
        projects: [],
        testEnvironment: 'node',
        testMatch: [`<rootDir>/${testOf(file)}`],
        // Jest looks through all of these for each change.
        roots: ['<rootDir>/src', '<rootDir>/packages', `<rootDir>/${dirname(testOf(file))}`],
        watchman: false,
      },
      enableFindRelatedTests: false,
    },
    coverageAnalysis: 'off',
    tempDirName: '.data/mutation',
    ignorePatterns: ['.data', 'build', 'dist', 'bench'],
    reporters: [],
    fileLogLevel: 'off',
    logLevel: 'error',
    concurrency: 2,
    thresholds: { high: 100, low: FLOOR, break: null },
  });
  const results = await stryker.runMutationTest();
  const alive = results.filter(({ status }) => UNNOTICED.includes(status));
  for (const { location, mutatorName, replacement } of alive) {
    const { line, column } = location.start;
    console.log(`${file}:${line}:${column} ${mutatorName} -> ${replacement}`);
  }
  const seen = results.filter(({ status }) => NOTICED.includes(status)).length;
  const counts = { seen, of: seen + alive.length };
  console.log(row(file, counts));
  return counts;
}

function hashOf(file) {
  const hash = createHash('sha256');
  for (const path of [file, testOf(file)]) hash.update(readFileSync(join(root, path)));
  return hash.digest('hex').slice(0, 16);
}

function readRecord() {
  try {
    return JSON.parse(readFileSync(RECORD, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return {};
    throw error;
  }
}

function sorted(object) {
  return Object.fromEntries(Object.entries(object).sort(([one], [other]) => (one < other ? -1 : 1)));
}

function total(all) {
  const sum = (key) => all.reduce((so, counts) => so + counts[key], 0);
  return { seen: sum('seen'), of: sum('of') };
}

/** A file in which nothing can be changed has nothing to notice. */
function share({ seen, of }) {
  return of === 0 ? 100 : (100 * seen) / of;
}

function row(name, counts) {
  return `${share(counts).toFixed(0).padStart(3)} % (${counts.seen} of ${counts.of}) ${name}`;
}

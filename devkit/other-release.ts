import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { alone } from './alone.js';
import { Apt, canUnpack, mustWork } from './apt.js';
import { isExecutable, run, type Say } from './programs.js';
import { ROOT } from './root.js';
import { unpackPrograms } from './unpacked-programs.js';

/** Programs of a release of Debian that this machine need not have. */
export interface OtherRelease {
  /** Such as `trixie`. */
  readonly suite: string;
  /** Packages, each of which has a program of its own name. */
  readonly packages: readonly string[];
}

/** In `.data` of the checkout: fetched once, by whoever comes first. */
const ENGINES = join(ROOT, '.data', 'engines');
/** What signs every release; two names of one thing. */
const KEYRINGS = ['gpg', 'pgp'].map((end) => `/usr/share/keyrings/debian-archive-keyring.${end}`);
const MIRROR = 'http://deb.debian.org/debian';
/** Where a release goes when mirrors have it no more. */
const ARCHIVE = 'http://archive.debian.org/debian';
/** Libraries, and what the programs are in: not the half of Debian that sets up a service. */
const RUNS = /^(lib|lua-|zlib1g$|redis-|valkey-)/;

/** Why no other release can be had here; undefined when one can. */
export function noOtherRelease(): string | undefined {
  if (!canUnpack()) return 'it takes apt-get and dpkg-deb, of Debian or what is derived from it';
  if (!KEYRINGS.some((file) => existsSync(file))) return 'the keys of Debian are not here to verify it by';
  return undefined;
}

/**
 * The folder with the programs, which is made when it is not there: they come with their libraries and their loader, so
 * that it matters to them neither what this machine has nor who runs them. Throws what apt says when they cannot be had.
 */
export async function provideRelease(release: OtherRelease, say: Say, engines = ENGINES): Promise<string> {
  const dir = join(engines, release.suite);
  const bin = join(dir, 'bin');
  const isThere = () => release.packages.every((name) => isExecutable(join(bin, name)));
  if (isThere()) return bin;
  return await alone(`${dir}.lock`, async () => {
    if (!isThere()) await fetch(release, dir, say);
    return bin;
  });
}

async function fetch({ suite, packages }: OtherRelease, dir: string, say: Say): Promise<void> {
  mkdirSync(dirname(dir), { recursive: true });
  const work = mkdtempSync(`${dir}-`);
  try {
    say(`fetching ${packages.join(' and ')} of ${suite} into ${relative(process.cwd(), dir)}`);
    const apt = new Apt(work);
    await lists(apt, suite);
    const plan = await apt.needed(...packages);
    mustWork(plan);
    mustWork(await apt.run('download', ...plan.names.filter((name) => RUNS.test(name))));
    const made = join(work, 'release');
    await unpackPrograms(apt.archives(), made);
    // Whoever looks finds all of it, or nothing.
    rmSync(dir, { recursive: true, force: true });
    renameSync(made, dir);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** From where this machine has its own packages from, which may be all that it reaches. */
async function lists(apt: Apt, suite: string): Promise<void> {
  const keyring = KEYRINGS.find((file) => existsSync(file));
  let last = { code: 1 as number | null, output: 'no mirror was asked' };
  for (const mirror of await mirrors()) {
    const source = `deb [signed-by=${keyring}] ${mirror} ${suite} main`;
    last = await apt.update([source]);
    // What it cannot reach or verify it warns of, and goes on with what it has.
    if (last.code === 0 && !/^[EW]: .*(Failed to fetch|not signed|GPG error)/m.test(last.output)) return;
  }
  mustWork({ ...last, code: 1 });
}

async function mirrors(): Promise<readonly string[]> {
  const { output } = await run('apt-get', [
    'indextargets',
    '--format',
    '$(REPO_URI)',
    'Created-By: Packages',
  ]);
  const own = output.split('\n').filter((uri) => /^https?:\/\/\S+\/debian\/?$/.test(uri));
  return [...new Set([...own, MIRROR, ARCHIVE].map((uri) => uri.replace(/\/$/, '')))];
}

import { findProgram, isExecutable, type Say } from './programs.js';
import { installPackage, type Installed } from './system-packages.js';
import { canUnpack } from './apt.js';
import { PACKAGES, unpackedPrograms, unpackPackage } from './unpacked-package.js';

const NAMES = ['redis-server', 'valkey-server'];
const PACKAGE = { apt: 'redis-server', apk: 'redis', dnf: 'valkey', brew: 'redis' };
const WHAT_TO_INSTALL =
  'Install redis-server or valkey-server (Debian, Ubuntu: apt-get install redis-server; macOS: brew install ' +
  'redis; Alpine: apk add redis; Fedora: dnf install valkey), or name the program in REDIS_SERVER.';

/**
 * The path of a redis-server or valkey-server: REDIS_SERVER, else one on this machine, else one that was unpacked.
 * Throws when REDIS_SERVER names something that cannot be run.
 */
export function findRedis(env: NodeJS.ProcessEnv = process.env, packages = PACKAGES): string | undefined {
  const named = env['REDIS_SERVER'];
  if (!named) return findProgram(NAMES) ?? findProgram(NAMES, unpackedPrograms(packages));
  if (isExecutable(named)) return named;
  throw new Error(`REDIS_SERVER is set, but no program that can be run is at ${named}`);
}

/**
 * The path of a redis-server, fetched by the system's package manager when there is none.
 * Throws an error that names what to install when that does not work.
 */
export async function provideRedis(say: Say, packages = PACKAGES): Promise<string> {
  const found = findRedis(process.env, packages);
  if (found) return found;
  say('redis-server was not found; fetching it');
  const reasons: string[] = [];
  for (const way of ways(packages)) {
    const installed = await way(say);
    const program = findRedis(process.env, packages);
    if (program) return program;
    reasons.push(installed.ok ? 'the package brought no redis-server' : installed.why);
  }
  throw new Error(`redis-server could not be provided: ${reasons.join('; ')}. ${WHAT_TO_INSTALL}`);
}

/** The system's own way first for who may take it; nobody else is asked for root or sudo before it is needed. */
function ways(packages: string): ((say: Say) => Promise<Installed>)[] {
  const install = (say: Say): Promise<Installed> => installPackage(PACKAGE, say);
  if (!canUnpack()) return [install];
  const unpack = (say: Say): Promise<Installed> => unpackPackage(PACKAGE.apt, say, packages);
  return process.getuid?.() === 0 ? [install, unpack] : [unpack, install];
}

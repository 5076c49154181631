import { findProgram, isExecutable, type Say } from './programs.js';
import { installPackage } from './system-packages.js';

const NAMES = ['redis-server', 'valkey-server'];
const WHAT_TO_INSTALL =
  'Install redis-server or valkey-server (Debian, Ubuntu: apt-get install redis-server; macOS: brew install ' +
  'redis; Alpine: apk add redis; Fedora: dnf install valkey), or name the program in REDIS_SERVER.';

/**
 * The path of a redis-server or valkey-server: REDIS_SERVER, else one on this machine.
 * Throws when REDIS_SERVER names something that cannot be run.
 */
export function findRedis(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const named = env['REDIS_SERVER'];
  if (!named) return findProgram(NAMES);
  if (isExecutable(named)) return named;
  throw new Error(`REDIS_SERVER is set, but no program that can be run is at ${named}`);
}

/**
 * The path of a redis-server, installed with the system's package manager when there is none.
 * Throws an error that names what to install when that does not work.
 */
export async function provideRedis(say: Say): Promise<string> {
  const found = findRedis();
  if (found) return found;
  say('redis-server was not found; installing it');
  const installed = await installPackage(
    { apt: 'redis-server', apk: 'redis', dnf: 'valkey', brew: 'redis' },
    say,
  );
  const program = findRedis();
  if (program) return program;
  const why = installed.ok ? 'the package brought no redis-server' : installed.why;
  throw new Error(`redis-server could not be provided: ${why}. ${WHAT_TO_INSTALL}`);
}

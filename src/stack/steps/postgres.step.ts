import { findPostgres, installPackage, privatePostgres, type Say } from '#devkit';
import { describeDatabase, readDatabaseAddress } from '../../modules/config/index.js';
import { composeUp, hasDocker } from '../docker.js';
import type { Stack } from '../stack.js';
import type { Step } from '../step.js';
import { StepFailure } from '../step-failure.js';
import { startPrivate } from './private.js';

const PORT = 5432;
const PACKAGES = {
  apt: 'postgresql',
  apk: 'postgresql',
  dnf: 'postgresql-server',
  brew: 'postgresql@17',
};

/** The PostgreSQL that DATABASE_URL names, else the embedded or installed one, else Docker, else one that is installed. */
export const postgresStep: Step = {
  name: 'postgres',
  run: async (stack, say, signal) => {
    const { environment } = stack;
    if (environment.has('DATABASE_URL')) return useNamed(stack);
    if (isFound()) return startCluster(stack, say, signal);
    if (await hasDocker()) {
      const up = await composeUp('postgres', say);
      if (up.ok) {
        environment.provide('DATABASE_URL', `postgres://probity:probity@127.0.0.1:${PORT}/probity`);
        stack.note('postgres', `127.0.0.1:${PORT}`, 'run by Docker', up.stop);
        return `127.0.0.1:${PORT}, run by Docker`;
      }
      say(`Docker could not: ${up.why}`);
    }
    say('PostgreSQL was not found; installing it');
    await installPackage(PACKAGES, say);
    return startCluster(stack, say, signal);
  },
};

function useNamed(stack: Stack): string {
  const { DATABASE_URL } = stack.environment.settings;
  const read = readDatabaseAddress(DATABASE_URL ?? '');
  if (read.kind === 'unusable') {
    throw new StepFailure(
      stack.environment.problemOf('DATABASE_URL') ?? `DATABASE_URL ${read.why}.`,
      'Correct it, or unset it and dev:stack brings PostgreSQL.',
    );
  }
  const address = describeDatabase(read.address);
  stack.note('postgres', address, 'named by DATABASE_URL');
  return `${address}, named by DATABASE_URL`;
}

function isFound(): boolean {
  try {
    findPostgres();
    return true;
  } catch {
    return false;
  }
}

async function startCluster(stack: Stack, say: Say, signal: AbortSignal): Promise<string> {
  const port = await stack.ports.choose('postgres', PORT);
  const dir = stack.paths.postgres;
  const server = await privatePostgres({ dir, port, say }).catch((error: unknown) => {
    throw new StepFailure(
      (error as Error).message,
      `Correct that, or set DATABASE_URL to a PostgreSQL of your own. The cluster is in ${dir}.`,
    );
  });
  stack.environment.provide('DATABASE_URL', server.url);
  await startPrivate(stack, 'postgres', server, signal);
  await server.ensureDatabase();
  return `private PostgreSQL on ${server.host}:${port}`;
}

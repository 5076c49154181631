import { DATABASE_URL_SHAPE, parseSettings, SECRET_NAMES } from '../config/index.js';
import { createRedact, takeEnvironment } from '../kernel/index.js';
import { takeOverStandardStreams } from '../logging/index.js';
import { failureOf } from './database-failure.policy.js';
import { migrate } from './run-migrations.js';

/** `npm run db:migrate`: exits 0 when the schema is up to date, 1 with the reason when it is not. */
async function main(): Promise<void> {
  // What is said here must not undo what is done.
  takeOverStandardStreams();
  const { settings, secrets, problems } = parseSettings(takeEnvironment(SECRET_NAMES).values);
  const redact = createRedact(secrets);
  if (settings.DATABASE_URL === undefined) {
    const problem = problems.find(({ name }) => name === 'DATABASE_URL');
    throw new Error(problem?.message ?? `DATABASE_URL is not set; set it to ${DATABASE_URL_SHAPE}`);
  }
  try {
    await migrate(settings.DATABASE_URL, (line) => void process.stdout.write(`migrate: ${line}\n`));
  } catch (error) {
    throw new Error(redact(`the migrations were not applied: ${failureOf(error).text}`), { cause: error });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`migrate: ${(error as Error).message}\n`);
  process.exitCode = 1;
});

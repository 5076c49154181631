import { createRedact, parseSettings } from '../config/index.js';
import { failureOf } from './database-failure.policy.js';
import { migrate } from './run-migrations.js';

/** `npm run db:migrate`: exits 0 when the schema is up to date, 1 with the reason when it is not. */
async function main(): Promise<void> {
  const { settings, secrets } = parseSettings(process.env);
  const redact = createRedact(secrets);
  if (settings.DATABASE_URL === undefined) {
    throw new Error(
      'DATABASE_URL is not set or not valid; set it to postgres://user:password@host:port/database',
    );
  }
  try {
    await migrate(settings.DATABASE_URL, (line) => process.stdout.write(`migrate: ${line}\n`));
  } catch (error) {
    throw new Error(redact(`the migrations were not applied: ${failureOf(error).text}`), { cause: error });
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`migrate: ${(error as Error).message}\n`);
  process.exitCode = 1;
});

import { migrate } from '../../modules/database/index.js';
import type { Step } from '../step.js';
import { StepFailure } from '../step-failure.js';

/** The schema that this build ships. */
export const migrateStep: Step = {
  name: 'migrations',
  run: async ({ environment }, say) => {
    const url = environment.settings.DATABASE_URL ?? '';
    try {
      const applied = await migrate(url, say);
      return applied.length === 0 ? 'the schema is up to date' : `applied ${applied.join(', ')}`;
    } catch (error) {
      const why = error as Error & { code?: string };
      throw new StepFailure(
        environment.redact(`the migrations were not applied: ${why.message || why.code}`),
        'Is DATABASE_URL right, and does that server run? Unset it, and dev:stack brings PostgreSQL.',
      );
    }
  },
};

import type { Fault } from './harness/fault.js';
import { proveFaults } from './harness/prove.js';

proveFaults('H. found by trial: jobs', [
  {
    id: 'H18',
    title: 'a background duty stands still',
    expected: {
      ready: true,
      heartbeat: null,
      health: 'fail',
      check: 'reconciler',
      code: 'reconciler.stalled',
      restart: 'useless',
      target: 'self',
    },
    detectWithinMs: 7000,
    witness: 'a look at the progress of the reconciler, every 5 s',
    recoverWithinMs: 10_000,
    inject: async ({ database }) => void (await database.query('DELETE FROM execution_sweep')),
    heal: async ({ database }) => void (await database.query('INSERT INTO execution_sweep DEFAULT VALUES')),
  },
] satisfies Fault[]);

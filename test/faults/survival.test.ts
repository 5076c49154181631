import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { survive } from './harness/survival.js';

const SECONDS = Number(process.env['SURVIVAL_SECONDS'] ?? 60);
const SEED = Number(process.env['SURVIVAL_SEED'] ?? 20261122);
const DIR = fileURLToPath(new URL('../../.data/faults', import.meta.url));

describe('while worker, api and Redis are killed at random, and Redis loses its data once', () => {
  it(
    'every accepted execution ends, with its effect at least once and its record once',
    async () => {
      const report = await survive({ durationMs: SECONDS * 1000, rate: 8, seed: SEED });
      mkdirSync(DIR, { recursive: true });
      writeFileSync(join(DIR, 'survival.json'), `${JSON.stringify(report, null, 2)}\n`);
      expect(report.kills['redis, with all its data']).toBe(1);
      expect(report.accepted).toBeGreaterThan(SECONDS);
      expect(report).toMatchObject({
        lost: [],
        withoutEffect: [],
        recordedTwice: [],
        ranThoughRefused: [],
        ended: { succeeded: report.accepted },
      });
    },
    SECONDS * 1000 + 480_000,
  );
});

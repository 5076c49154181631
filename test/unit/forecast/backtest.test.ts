import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { asTable, recordings, replay, summary } from './backtest.js';

const rows = recordings().map(replay);
const named = (name: string) => {
  const found = rows.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no recording named ${name}`);
  return found;
};
const document = readFileSync(join(import.meta.dirname, '../../../docs/forecasts.md'), 'utf8');
/** The document is wrapped where it is read, and the sentences are not. */
const unwrapped = document.replaceAll(/\s+/g, ' ');

describe('the forecasts, replayed on what was recorded', () => {
  it('miss nothing that came, and say it minutes before', () => {
    const came = rows.filter(({ reachedAt }) => reachedAt !== null);
    expect(came.length).toBeGreaterThanOrEqual(8);
    expect(came.filter(({ missed }) => missed)).toEqual([]);
    expect(came.filter(({ leadSeconds }) => (leadSeconds ?? 0) < 300)).toEqual([]);
  });

  it.each(['memory-saw', 'memory-import', 'memory-noise', 'jobs-bursts', 'jobs-import', 'jobs-drain'])(
    'warn of nothing in %s',
    (name) => {
      expect(named(name)).toMatchObject({ reachedAt: null, warnings: 0 });
    },
  );

  it('warn once of what comes, and seldom of what does not', () => {
    const came = rows.filter(({ reachedAt }) => reachedAt !== null);
    expect(came.reduce((sum, { warnings }) => sum + warnings, 0)).toBeLessThanOrEqual(came.length + 1);
    const quiet = rows.filter(({ reachedAt }) => reachedAt === null);
    expect(quiet.reduce((sum, { falseAlarms }) => sum + falseAlarms, 0)).toBeLessThanOrEqual(6);
    for (const { falseAlarms } of quiet) expect(falseAlarms).toBeLessThanOrEqual(2);
  });

  it('hold within their bounds what comes, three times of four where the rate lasts', () => {
    for (const name of ['memory-leak', 'memory-leak-begins', 'memory-leak-noisy', 'jobs-half-capacity']) {
      const { held, of } = named(name).within;
      expect([name, held / of >= 0.75]).toEqual([name, true]);
    }
  });
});

describe('docs/forecasts.md', () => {
  it('has the table of this replay', () => {
    expect(document).toContain(asTable(rows));
  });

  it('says what it came to', () => {
    expect(unwrapped).toContain(summary(rows));
  });
});

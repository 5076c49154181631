import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DRAINED, nextOutlook, startOutlook } from '../../../src/modules/forecast/index.js';

const DIR = join(import.meta.dirname, 'recorded');
/** What is warned of is false when it has not come within so many times as long as was said. */
const WITHIN = 2;

/** A Redis that refuses writes is full, and stays a little below its limit. */
const FULL = 0.99;

interface Recording {
  readonly name: string;
  readonly what: string;
  readonly number: 'memory' | 'jobs';
  readonly target: number;
  /** Of seconds and values. */
  readonly samples: readonly (readonly [number, number])[];
}

export interface Replayed {
  readonly name: string;
  readonly what: string;
  /** When it was full, or the backlog too long; seconds, null when it never was. */
  readonly reachedAt: number | null;
  /** Of the first warning that was true until it was reached. */
  readonly leadSeconds: number | null;
  readonly missed: boolean;
  readonly warnings: number;
  readonly falseAlarms: number;
  /** Of the forecasts made in the last quarter of an hour before it, those whose bounds held what came. */
  readonly within: { readonly held: number; readonly of: number };
}

export function recordings(): readonly Recording[] {
  return readdirSync(DIR)
    .sort()
    .map((file) => {
      const told = JSON.parse(readFileSync(join(DIR, file), 'utf8')) as Omit<Recording, 'samples'> & {
        samples: string;
      };
      const samples = told.samples.split(' ').map((each) => each.split(':').map(Number) as [number, number]);
      return { ...told, samples };
    });
}

/** Goes through a recording as a check would, and compares what was warned of with what came. */
export function replay({ name, what, number, target, samples }: Recording): Replayed {
  const reachedAt =
    samples.find(([, value]) => value >= target * (number === 'memory' ? FULL : 1))?.[0] ?? null;
  const episodes: { from: number; to: number; dueBy: number }[] = [];
  const within = { held: 0, of: 0 };
  let outlook = startOutlook();
  let open = false;
  for (const [at, value] of samples) {
    if (reachedAt !== null && at >= reachedAt) break;
    const warnOf = { value: target, when: 'at_least' } as const;
    const question = { target: number === 'memory' ? warnOf : DRAINED, warnOf };
    outlook = nextOutlook(outlook, { at: at * 1000, value }, question);
    const said = outlook.warning;
    if (said?.kind !== 'reaches') {
      open = false;
      continue;
    }
    const dueBy = at + (said.inMs / 1000) * WITHIN;
    const last = episodes.at(-1);
    if (open && last !== undefined) {
      last.to = at;
    } else {
      episodes.push({ from: at, to: at, dueBy });
      open = true;
    }
    if (reachedAt !== null && reachedAt - at <= 900) {
      const left = (reachedAt - at) * 1000;
      within.of += 1;
      if (said.earliestMs <= left && left <= (said.latestMs ?? Infinity)) within.held += 1;
    }
  }
  const last = episodes.at(-1);
  const lead = open && reachedAt !== null && last !== undefined ? reachedAt - last.from : null;
  return {
    name,
    what,
    reachedAt,
    leadSeconds: lead,
    missed: reachedAt !== null && lead === null,
    warnings: episodes.length,
    falseAlarms: episodes.filter(({ dueBy }) => reachedAt === null || reachedAt > dueBy).length,
    within,
  };
}

/** As docs/forecasts.md has it. */
export function asTable(rows: readonly Replayed[]): string {
  const minutes = (seconds: number | null) => (seconds === null ? '' : (seconds / 60).toFixed(0));
  const lines = rows.map(
    ({ name, what, reachedAt, leadSeconds, warnings, falseAlarms }) =>
      `| ${name} | ${what} | ${minutes(reachedAt)} | ${minutes(leadSeconds)} | ${warnings} | ${falseAlarms} |`,
  );
  return [
    '| series | what it is | comes at minute | warned before, minutes | warnings | false |',
    '|---|---|---|---|---|---|',
    ...lines,
  ].join('\n');
}

/** The sentence below it. */
export function summary(rows: readonly Replayed[]): string {
  const came = rows.filter(({ reachedAt }) => reachedAt !== null);
  const leads = came.map(({ leadSeconds }) => leadSeconds ?? 0).sort((a, b) => a - b);
  const minutes = (seconds: number | undefined) => Math.round((seconds ?? 0) / 60);
  const [low, high] = [(leads.length - 1) / 2, leads.length / 2].map(
    (place) => leads[Math.floor(place)] ?? 0,
  );
  const median = ((low ?? 0) + (high ?? 0)) / 2;
  const sum = (count: (row: Replayed) => number) => rows.reduce((total, row) => total + count(row), 0);
  const held = Math.round((sum(({ within }) => within.held) / sum(({ within }) => within.of)) * 100);
  return `It came ${came.length} times: ${came.filter(({ missed }) => missed).length} were missed, and the others were warned of ${minutes(median)} minutes before in the median, and ${minutes(leads[0])} at least. Of ${sum(({ warnings }) => warnings)} warnings ${sum(({ falseAlarms }) => falseAlarms)} were false. Of the times that were said in the last quarter of an hour before, ${held} % held what came.`;
}

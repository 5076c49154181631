import { severity, severityOf } from '../../health/codes/index.js';
import type { QueueRow } from '../../health/index.js';
import type { Limits, QueueEvidence } from './evidence.js';
import { assessJobs } from './jobs.assess.js';
import { plural, type Verdict } from './verdict.js';

/** Of a queue that was only found all is told in one place: how it is worked off, and how its jobs end. */
export function assessFound(evidence: QueueEvidence, consumption: Verdict, limits: Limits): Verdict {
  const jobs = assessJobs(evidence, limits);
  if (severityOf(jobs.code) > severityOf(consumption.code)) return jobs;
  if (consumption.code !== 'worker.scaled_to_zero') return consumption;
  return { ...consumption, message: 'Nobody works for it, and nothing waits for longer than allowed.' };
}

const SHOWN = 20;
const NAMED = 3;

export interface Found {
  /** Those that were found, with what is to be said of each. */
  readonly rows: readonly Pick<QueueRow, 'name' | 'status'>[];
  /** Names that were found and are not looked at. */
  readonly beyond: number;
  /** All keys were gone through, so that every queue there is has been found. */
  readonly all: boolean;
  readonly prefix: string;
  /** Queues that are named: where there are any, that no other is found is as it should be. */
  readonly named: number;
}

/** One word on all queues that were found: they may warn, for nobody has asked for any of them, and no more. */
export function assessAllFound({ rows, beyond, all, prefix, named }: Found): Verdict {
  const troubled = rows
    .filter(({ status }) => status.status !== 'pass')
    .sort((a, b) => severity(b.status.status) - severity(a.status.status));
  const details = {
    found: rows.length,
    ...(beyond === 0 ? {} : { notLookedAt: beyond }),
    ...(all ? {} : { stillSearching: true }),
    ...(troubled.length === 0
      ? {}
      : { queues: troubled.slice(0, SHOWN).map(({ name, status }) => ({ name, ...status })) }),
  };
  if (troubled.length > 0) {
    const first = troubled.slice(0, NAMED).map(({ name, status }) => `${name} (${status.code})`);
    const more = troubled.length > NAMED ? `, and ${troubled.length - NAMED} more` : '';
    return {
      code: 'queues.in_trouble',
      message: `${troubled.length} of ${plural(rows.length, 'queue')} that ${rows.length === 1 ? 'was' : 'were'} found ${troubled.length === 1 ? 'is' : 'are'} in trouble: ${first.join(', ')}${more}.`,
      details,
    };
  }
  if (beyond > 0)
    return {
      code: 'queues.not_all',
      message: `${rows.length} queues that were found are looked at, and ${beyond} more are not: name those that matter.`,
      details,
    };
  if (rows.length === 0 && all && named === 0)
    return {
      code: 'queues.none_found',
      message: `No queue was found under the prefix ${prefix}.`,
      details,
    };
  if (rows.length === 0 && all)
    return { code: 'queues.well', message: 'There is no queue but those that are named.', details };
  return {
    code: 'queues.well',
    message: `Nothing is wrong with ${rows.length === 1 ? 'the one queue that was' : `the ${plural(rows.length, 'queue')} that were`} found${all ? '' : ' so far'}.`,
    details,
  };
}

import { timeInWords } from '../../modules/forecast/index.js';
import {
  assessWorkers,
  depthOf,
  isAlive,
  limitInWords,
  limitOf,
  oldestAge,
  type SlowReading,
} from '../../modules/heartbeat/judge.js';
import { shown } from '../../modules/kernel/index.js';
import { grouped, table, widthOf, type Column } from '../terminal/layout.policy.js';
import { MARK } from '../terminal/paint.js';
import type { QueueFacts } from './facts.js';
import type { JudgedQueue, Judgment } from './judge.assess.js';
import { rateOf } from './rate.policy.js';
import type { Page } from './page.js';

/** Rows of queues that have something to say; all others are counted. */
const MOST_ROWS = 20;
/** So many that are well are shown, when there is room. */
const WELL = 8;
const LONGEST_NAME = 24;
/** Of the marks. */
const MARGIN = 2;

interface OwnColumn extends Column {
  readonly of: (facts: QueueFacts, slow: SlowReading) => string;
  /** Left out on a narrow page, the highest first. */
  readonly spare?: number;
}

const COLUMNS: readonly OwnColumn[] = [
  { title: 'WAITING', align: 'right', of: ({ evidence }) => grouped(depthOf(evidence)) },
  { title: 'OLDEST', align: 'right', of: oldestInWords },
  { title: 'ACTIVE', align: 'right', spare: 2, of: (_, { counts }) => grouped(counts.active) },
  { title: 'DELAYED', align: 'right', spare: 3, of: (_, { counts }) => grouped(counts.delayed) },
  { title: 'FAILED', align: 'right', spare: 1, of: (_, { counts }) => grouped(counts.failed) },
  { title: 'WORKERS', align: 'right', of: workers },
  { title: 'DONE', align: 'right', of: doneInWords },
];

/** A row for each queue, the worst first; of many that are well only their number. */
export function queueLines({ queues }: Judgment, { paint, width }: Page): readonly string[] {
  const troubled = queues.filter(({ status }) => status !== 'pass');
  const well = queues.filter(({ status }) => status === 'pass');
  const rows = [...troubled.slice(0, MOST_ROWS), ...(well.length <= WELL ? well : [])];
  const several = new Set(queues.map(({ facts }) => facts.prefix)).size > 1;
  const [titles = '', ...lines] = asWideAs(width - MARGIN, rows, several);
  const more = troubled.length - MOST_ROWS;
  return [
    `  ${paint.dim(titles)}`,
    ...lines.map((line, index) => {
      const status = rows[index]?.status ?? 'pass';
      return `${paint.status[status](MARK[status])} ${line}`;
    }),
    ...(more > 0 ? [`  and ${more} more with something to say, which --json has`] : []),
    ...(well.length > WELL
      ? [
          `${paint.status.pass(MARK.pass)} ${well.length} ${troubled.length === 0 ? '' : 'more '}queues are well`,
        ]
      : []),
  ];
}

/** The table, without the columns that can be spared when it would be too wide. */
function asWideAs(width: number, rows: readonly JudgedQueue[], several: boolean): readonly string[] {
  for (let spared = 4; ; spared -= 1) {
    const columns = COLUMNS.filter(({ spare = 0 }) => spare < spared);
    const lines = table(
      [{ title: 'QUEUE', align: 'left', most: LONGEST_NAME }, ...columns, { title: '', align: 'left' }],
      rows.map((each) => cells(each, columns, several)),
    );
    if (spared === 1 || Math.max(...lines.map(widthOf)) <= width) return lines;
  }
}

function cells(
  { facts, code, status }: JudgedQueue,
  columns: readonly OwnColumn[],
  several: boolean,
): readonly string[] {
  const { slow } = facts.evidence;
  const name = shown(several ? `${facts.prefix}:${facts.name}` : facts.name);
  const last = status === 'pass' ? wellInWords(facts) : code;
  if (slow === null || facts.refused !== null) return [name, ...columns.map(() => '?'), last];
  return [name, ...columns.map(({ of }) => of(facts, slow)), last];
}

function oldestInWords({ evidence }: QueueFacts): string {
  const age = oldestAge(evidence);
  return depthOf(evidence) === 0 || age === null ? '–' : timeInWords(age);
}

/** Those that are connected, or that send heartbeats; a question mark when neither is to be known. */
export function workersOf({ evidence }: QueueFacts): number | null {
  const beating = assessWorkers(evidence, NO_LIMITS).filter(isAlive).length;
  const connected = evidence.slow?.connectedWorkers ?? null;
  return connected === null ? (beating === 0 ? null : beating) : Math.max(connected, beating);
}

/** Whether one is alive is by its own heartbeat. */
const NO_LIMITS = {
  timeoutMs: Infinity,
  wedgedAfterMs: Infinity,
  backlogWarn: Infinity,
  maxWaitMs: Infinity,
  jobStuckAfterMs: Infinity,
  workersMin: 0,
};

function workers(facts: QueueFacts): string {
  const count = workersOf(facts);
  return count === null ? '?' : String(count);
}

/** How many jobs ended, by the unit of time in which that is a number. */
function doneInWords(facts: QueueFacts): string {
  const rate = rateOf(facts);
  if (rate === null) return '–';
  const more = facts.done.more ? '≥ ' : '';
  if (rate === 0) return '0/s';
  if (rate >= 10) return `${more}${grouped(Math.round(rate))}/s`;
  return rate >= 1 ? `${more}${rate.toFixed(1)}/s` : `${more}${Math.max(1, Math.round(rate * 60))}/min`;
}

function wellInWords(facts: QueueFacts): string {
  const { done, evidence } = facts;
  const limit = limitOf(evidence);
  if (limit !== null && depthOf(evidence) > 0) return `works at ${limitInWords(limit)}`;
  if (done.completed + done.failed > 0 || (evidence.slow?.counts.active ?? 0) > 0) return 'works';
  return workersOf(facts) === 0 ? 'idle, no worker' : 'idle';
}

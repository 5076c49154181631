import type { CheckRow, ProcessRow, StackState } from '../stack-state.js';
import { shown } from '../../modules/kernel/index.js';
import type { Paint } from './paint.js';

export interface Frame {
  /** What the terminal holds. */
  readonly columns: number;
  readonly rows: number;
  readonly paint: Paint;
  /** Rows that have just changed, by `keyOf`. */
  readonly changed: ReadonlySet<string>;
}

export const keyOf = {
  process: ({ name }: ProcessRow): string => `process ${name}`,
  check: ({ process, key }: CheckRow): string => `check ${process} ${key}`,
};

/** What makes two looks at one thing different, for `changes`; seconds and counts that run on do not. */
const factsOf = {
  process: ({ state, pid, restarts, detail }: ProcessRow): string =>
    `${state} ${pid ?? '-'} ${restarts} ${state === 'ready' ? '' : detail.replace(/\d+/g, '#')}`,
  check: ({ status, code }: CheckRow): string => `${status} ${code}`,
};

/** One line per process and check, cut to the terminal. */
export function render(state: StackState, frame: Frame): string[] {
  const { paint } = frame;
  const names = width(state.processes.map(({ name }) => name));
  const lines = [
    line(frame, [[headline(state), state.ready ? paint.good : paint.warn]]),
    ...state.processes.map((row) => processLine(row, names, frame)),
    ...checkLines(state.checks, frame),
  ];
  // A block that is higher than the terminal could not be drawn in place.
  const room = Math.max(3, frame.rows - 1);
  if (lines.length <= room) return lines;
  const hidden = lines.length - room + 1;
  return [...lines.slice(0, room - 1), line(frame, [[`  ... ${hidden} more lines: --status`, paint.dim]])];
}

export function headline({ phase, ready }: StackState): string {
  if (phase === 'starting') return 'starting';
  if (phase === 'stopping') return 'stopping';
  return ready ? 'ready: the queue takes work and keeps it' : 'not ready';
}

/** What differs between two looks, as plain lines for a log. */
export function changes(before: StackState | undefined, after: StackState): { key: string; text: string }[] {
  const known = new Map<string, string>();
  for (const row of before?.processes ?? []) known.set(keyOf.process(row), factsOf.process(row));
  for (const row of before?.checks ?? []) known.set(keyOf.check(row), factsOf.check(row));
  const processes = after.processes
    .filter((row) => known.get(keyOf.process(row)) !== factsOf.process(row))
    .map((row) => ({ key: keyOf.process(row), text: processText(row) }));
  const checks = after.checks
    .filter((row) => known.get(keyOf.check(row)) !== factsOf.check(row))
    .map((row) => ({ key: keyOf.check(row), text: checkText(row) }));
  return [...processes, ...checks];
}

function processText({ name, state, pid, detail }: ProcessRow): string {
  const about = [pid === null ? '' : `pid ${pid}`, detail].filter((part) => part !== '').join(', ');
  return shown(`${name} is ${state}${about === '' ? '' : ` (${about})`}`);
}

function checkText({ process, key, status, code, message, because }: CheckRow): string {
  const cause = because === null ? '' : `, because of ${because}`;
  return shown(`${process} ${key}: ${status} ${code}${cause}: ${message}`);
}

type Part = readonly [text: string, paint: (text: string) => string];
const plain = (text: string): string => text;

function processLine(row: ProcessRow, names: number, frame: Frame): string {
  const { paint, changed } = frame;
  const [symbol, colour] = {
    ready: ['●', paint.good],
    external: ['○', paint.good],
    starting: ['◌', paint.warn],
    'not ready': ['●', paint.warn],
    restarting: ['✗', paint.bad],
    stopping: ['◌', paint.warn],
    stopped: ['◌', paint.dim],
  }[row.state] as [string, (text: string) => string];
  const facts = [
    row.address,
    row.pid === null ? '' : `pid ${row.pid}`,
    row.restarts === 0 ? '' : `${row.restarts} ${row.restarts === 1 ? 'restart' : 'restarts'}`,
    row.detail,
  ].filter((fact) => fact !== '');
  const mark = changed.has(keyOf.process(row)) ? paint.mark : plain;
  return line(frame, [
    [`  ${symbol} `, colour],
    [row.name.padEnd(names), mark],
    [`  ${row.state.padEnd(10)}`, colour],
    [`  ${facts.join('  ')}`, row.state === 'ready' ? paint.dim : plain],
  ]);
}

function checkLines(checks: readonly CheckRow[], frame: Frame): string[] {
  const { paint, changed } = frame;
  const keys = width(checks.map(({ key }) => key));
  return checks.flatMap((row, index) => {
    const [symbol, colour] = { pass: ['✓', paint.good], warn: ['!', paint.warn], fail: ['✗', paint.bad] }[
      row.status
    ] as [string, (text: string) => string];
    const mark = changed.has(keyOf.check(row)) ? paint.mark : plain;
    const reason = row.status === 'pass' ? '' : `${row.code}: `;
    const cause = row.because === null ? '' : ` (because of ${row.because})`;
    const lines = [
      line(frame, [
        [`  ${symbol} `, colour],
        [row.key.padEnd(keys), mark],
        [`  ${reason}`, colour],
        [`${row.message}${cause}`, row.status === 'pass' ? paint.dim : plain],
      ]),
    ];
    const isFirst = row.process !== checks[index - 1]?.process;
    return isFirst ? [line(frame, [[`checks of ${row.process}`, paint.bold]]), ...lines] : lines;
  });
}

/** Cuts before it paints, so that no control sequence is cut in two. */
function line({ columns }: Frame, parts: readonly Part[]): string {
  let room = Math.max(10, columns - 1);
  const painted: string[] = [];
  for (const [text, paint] of parts) {
    const flat = shown(text);
    if (room <= 0 || flat === '') continue;
    painted.push(paint(flat.length <= room ? flat : `${flat.slice(0, Math.max(0, room - 1))}…`));
    room -= flat.length;
  }
  return painted.join('');
}

function width(names: readonly string[]): number {
  return Math.max(0, ...names.map((name) => name.length));
}

import { shown } from '../../modules/kernel/index.js';
import type { Code } from '../../modules/health/observe.js';
import { fitted, widthOf, wrapped } from '../terminal/layout.policy.js';
import { MARK } from '../terminal/paint.js';
import { adviceOn, RESTART } from './advice.policy.js';
import type { Judgment, LookFinding } from './judge.assess.js';
import type { Page } from './page.js';

const MOST = 8;
/** Of queues that have the same to say, these are named. */
const NAMED = 3;
const INDENT = '  ';

/** Each thing that is wrong: what, since it is seen how, and what to do; alike ones of several queues together. */
export function findingLines({ findings }: Judgment, page: Page): readonly string[] {
  const groups = new Map<Code, LookFinding[]>();
  for (const each of findings) groups.set(each.code, [...(groups.get(each.code) ?? []), each]);
  const all = [...groups.values()];
  const more = all.slice(MOST).flatMap(([first]) => (first === undefined ? [] : [first.code]));
  return [
    ...all.slice(0, MOST).flatMap((group) => groupLines(group, page)),
    ...(more.length === 0 ? [] : [`${INDENT}and ${more.join(', ')}, which --json tells of`]),
  ];
}

function groupLines(group: readonly LookFinding[], { width, paint }: Page): readonly string[] {
  const [first] = group;
  if (first === undefined) return [];
  const { code, status, queue } = first;
  const { fix, command, restart } = adviceOn(code, queue);
  const names = group.slice(0, NAMED).map((each) => shown(each.queue?.name ?? 'Redis'));
  const more = group.length - names.length;
  const whose = fitted(`${names.join(', ')}${more > 0 ? ` and ${more} more` : ''}`, width - code.length - 6);
  const message = group.length === 1 ? first.message : `${names[0]}: ${first.message}`;
  const inner = width - INDENT.length;
  const head = `${MARK[status]} ${whose}`;
  const rest = `  ${code}`.padEnd(width - widthOf(head) - widthOf(RESTART[restart])) + RESTART[restart];
  return [
    paint.status[status](paint.bold(head)) + paint.dim(fitted(rest, width - widthOf(head))),
    ...wrapped(shown(message), inner).map((line) => INDENT + line),
    ...wrapped(`→ ${fix}`, inner).map((line) => INDENT + line),
    ...(command === null || status !== 'fail' || command.length > inner - 2
      ? []
      : [`${INDENT}${paint.dim(`$ ${command}`)}`]),
  ];
}

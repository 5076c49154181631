import { plural } from '../../modules/heartbeat/judge.js';
import { shown } from '../../modules/kernel/index.js';
import { grouped, wrapped } from '../terminal/layout.policy.js';
import { MARK } from '../terminal/paint.js';
import type { LookFacts } from './facts.js';
import { findingLines } from './findings.view.js';
import type { Judgment } from './judge.assess.js';
import type { Page } from './page.js';
import { notSeen } from './not-seen.policy.js';
import { queueLines } from './queues.view.js';
import { redisLines } from './redis.view.js';

/** One screen: what is wrong first, then what was seen, then what could not be. */
export function screen(facts: LookFacts, judgment: Judgment, page: Page): string {
  const { paint } = page;
  const findings = findingLines(judgment, page);
  const lines = [
    ...headline(facts, judgment, page),
    '',
    ...redisLines(facts, judgment, page),
    ...(facts.queues.length === 0 ? [] : ['', ...queueLines(judgment, page)]),
    ...(findings.length === 0 ? [] : ['', ...findings]),
    ...notes(facts).flatMap((note, index) => [
      ...(index === 0 ? [''] : []),
      ...wrapped(note, page.width).map(paint.dim),
    ]),
  ];
  return `${lines.join('\n')}\n`;
}

function headline(facts: LookFacts, judgment: Judgment, { width, paint }: Page): readonly string[] {
  const title = titleOf(facts, judgment);
  const { status } = judgment;
  const none = facts.queues.length === 0;
  return wrapped(`${none ? '?' : MARK[status]} ${title}`, width).map((line) =>
    paint.bold(none ? line : paint.status[status](line)),
  );
}

/** What a person wants to know in one line. */
export function titleOf({ queues: all, search }: LookFacts, { queues, redis }: Judgment): string {
  if (all.length === 0) return `No queue of BullMQ is here (${underPrefixes(search.prefixes)})`;
  const of = (status: string) => queues.filter((each) => each.status === status).length;
  const [failing, warned] = [of('fail'), of('warn')];
  const said = [
    ...(failing === 0
      ? []
      : [`${failing} of ${plural(all.length, 'queue')} ${failing === 1 ? 'does' : 'do'} not work`]),
    ...(warned === 0
      ? []
      : [
          `${failing === 0 ? `${warned} of ${plural(all.length, 'queue')}` : String(warned)} ${warned === 1 ? 'needs' : 'need'} a look`,
        ]),
  ].join(', ');
  const kept = {
    fail: 'Redis may lose jobs or refuse them',
    warn: 'Redis needs a look',
    pass: '',
  }[redis.status];
  if (said === '') {
    const well = all.length === 1 ? 'The queue works' : `All ${all.length} queues work`;
    return kept === '' ? `${well}, and Redis keeps its jobs` : `${well}, but ${kept}`;
  }
  return kept === '' ? said : `${said}; ${kept}`;
}

/** What was not seen, and why, and what nobody can see from outside. */
function notes(facts: LookFacts): readonly string[] {
  const { search, queues, withheld } = facts;
  const silent = queues.filter((each) => each.evidence.workers.length === 0).length;
  return [
    ...(search.guessed
      ? [`Under bull there is no queue, so these are of ${underPrefixes(search.prefixes)}.`]
      : []),
    ...(search.whole
      ? []
      : ['Not all keys of this Redis were gone through: there may be more queues. Name them by --queue.']),
    ...(search.beyond === 0
      ? []
      : [`${search.beyond} more queues were found and not looked at: name those you mean by --queue.`]),
    ...notSeen(withheld).map(({ command, so }) => `Not seen, for Redis refuses ${command}: ${so}.`),
    `Watched for ${Math.round(facts.watchedMs / 1000)} s, by ${grouped(facts.sent)} commands that only read.${silent === 0 ? '' : ' Whether a worker is alive or its job makes progress cannot be seen from outside: @probity/worker tells.'}`,
  ];
}

function underPrefixes(prefixes: readonly string[]): string {
  return `prefix ${prefixes.map(shown).join(', ')}`;
}

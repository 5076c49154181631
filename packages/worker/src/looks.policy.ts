import type { RateWindow } from './limits.policy.js';

/**
 * A heartbeat has room for one look at Redis beside itself. Which one is decided here: what a worker cannot know by
 * itself is asked by need, and only while it matters.
 *
 * - `stamp`: of which life of the queue's data the heartbeat tells
 * - `waiting`, `due`: whether jobs wait, in line or delayed and due
 * - `limits`, `rate`, `active`: what may hold them back
 * - `tidy`, `ahead`: forget the workers that are long gone, or were noted by a clock that was wrong
 */
export type Look = 'stamp' | 'waiting' | 'due' | 'limits' | 'rate' | 'active' | 'tidy' | 'ahead';

/** What Redis answered last. */
export interface Facts {
  readonly sentinel: string | null;
  readonly waiting: boolean;
  readonly due: boolean;
  readonly paused: boolean;
  /** Of the whole queue; null when it has none. */
  readonly concurrency: number | null;
  readonly rate: RateWindow;
  readonly active: number;
}

export const NO_FACTS: Facts = {
  sentinel: null,
  waiting: false,
  due: false,
  paused: false,
  concurrency: null,
  rate: { max: null, used: 0, leftMs: -1 },
  active: 0,
};

/** At which beat each question was answered last; none that was not, or of another connection. */
export type Asked = Partial<Readonly<Record<Look, number>>>;

export interface Situation {
  readonly beat: number;
  readonly asked: Asked;
  /** What this user of Redis may not ask. */
  readonly refused: ReadonlySet<Look>;
  readonly facts: Facts;
  /** It takes jobs, has a slot free, and has picked up nothing since the beat before. */
  readonly quiet: boolean;
  /** The worker's own options have a rate limit. */
  readonly limited: boolean;
  /** How many beats may pass until it is tidied up again. */
  readonly tidyEvery: number;
}

const STAMP_EVERY = 8;
const WAITING_EVERY = 2;
const LIMITS_EVERY = 3;
/** A limit that was looked at longer ago proves nothing. */
const LIMITS_LAST = 10;

/** What to ask with this beat; null when nothing is worth it. */
export function nextLook(now: Situation): Look | null {
  let best: { readonly look: Look; readonly overdue: number } | null = null;
  for (const [look, every] of wanted(now)) {
    if (now.refused.has(look)) continue;
    // What was never asked comes first.
    const overdue = (now.beat - (now.asked[look] ?? -Infinity)) / every;
    if (overdue >= 1 && (best === null || overdue > best.overdue)) best = { look, overdue };
  }
  return best?.look ?? null;
}

/** Whether every limit that the queue has was looked at lately, so that none of them explains why a job waits. */
export function limitsKnown({ beat, asked, ...now }: Situation): boolean {
  return limitsOf(now).every((look) => beat - (asked[look] ?? -Infinity) <= LIMITS_LAST);
}

/** Jobs seem to wait for this worker, and a limit that was not looked at yet may explain it: worth a beat at once. */
export function isDoubtful(now: Situation): boolean {
  if (!now.quiet || !(now.facts.waiting || now.facts.due) || limitsKnown(now)) return false;
  return !limitsOf(now).some((look) => now.refused.has(look));
}

type Wanted = readonly [look: Look, every: number];

/** Of two that are overdue alike the first one is asked. */
function wanted(now: Situation): readonly Wanted[] {
  const { waiting, due } = now.facts;
  const tidy: Wanted[] = [
    ['tidy', now.tidyEvery],
    ['stamp', STAMP_EVERY],
  ];
  const limits = limitsOf(now).map((look): Wanted => [look, LIMITS_EVERY]);
  const jobs: Wanted[] = [['waiting', WAITING_EVERY]];
  if (!waiting) jobs.push(['due', WAITING_EVERY]);
  return [
    ...tidy,
    ...(now.quiet && (waiting || due) ? limits : []),
    ...(now.quiet ? jobs : []),
    ['ahead', now.tidyEvery],
  ];
}

/** A limit that the queue does not have is not asked after. */
function limitsOf({ facts, limited }: Pick<Situation, 'facts' | 'limited'>): readonly Look[] {
  const looks: Look[] = ['limits'];
  if (facts.rate.max !== null || limited) looks.push('rate');
  if (facts.concurrency !== null) looks.push('active');
  return looks;
}

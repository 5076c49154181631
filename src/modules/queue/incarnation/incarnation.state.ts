/** One life of the queue's data: a UUID that is put beside it, its stamp, and the highest job number ever seen. */
export interface Incarnation {
  readonly sentinel: string;
  readonly highWater: number;
}

/** What Redis shows now. */
export interface Observation {
  /** Null when no sentinel is there. */
  readonly sentinel: string | null;
  /** BullMQ's counter of jobs; 0 when there is none. */
  readonly lastId: number;
  /** The life of the server, which explains a loss and proves none. */
  readonly runId: string | null;
}

export interface Loss {
  readonly what: 'sentinel_gone' | 'sentinel_changed' | 'ids_went_back';
  readonly before: Incarnation;
  /** Monotonic ms. */
  readonly since: number;
  /** True when Redis was restarted in between, false when it was emptied while it ran, null when not known. */
  readonly restarted: boolean | null;
}

export type IncarnationState =
  /** What Postgres remembers is not known or not compared yet; `last` is what Redis showed when it last had a sentinel. */
  | { readonly name: 'learning'; readonly memory: Memory; readonly last: Observation | null }
  | { readonly name: 'whole'; readonly known: Incarnation; readonly seen: Observation }
  /** Not to be trusted until somebody has put the unfinished work back and said so. */
  | { readonly name: 'lost'; readonly loss: Loss; readonly seen: Observation; readonly memory: Memory };

/**
 * What Postgres said, to be held against the next look at Redis: the last one may be older than it. Undefined
 * when it has not been asked, null when it remembers nothing of this queue.
 */
type Memory = Incarnation | null | undefined;

export type IncarnationEvent =
  | { readonly kind: 'observed'; readonly seen: Observation }
  | { readonly kind: 'remembered'; readonly memory: Incarnation | null }
  | { readonly kind: 'acknowledged' };

/**
 * - `stamp`: put a new stamp where none is
 * - `recall`: ask Postgres what it remembers
 * - `remember`: write the incarnation to Postgres, over whatever is there
 * - `announce`: tell those who put the unfinished work back
 */
export type IncarnationEffect =
  | { readonly kind: 'stamp' }
  | { readonly kind: 'recall' }
  | { readonly kind: 'remember'; readonly incarnation: Incarnation }
  | { readonly kind: 'announce'; readonly loss: Loss };

export interface IncarnationStep {
  readonly state: IncarnationState;
  readonly effects: readonly IncarnationEffect[];
}

export const LEARNING: IncarnationState = { name: 'learning', memory: undefined, last: null };

/*
 *   learning ──── observed: as remembered, or nothing is ────► whole ◄───────┐
 *      │                                                         │           │ acknowledged here, or by another
 *      │ observed: not what is remembered      observed: another │           │ process (observed: as remembered)
 *      └──────────────────────► lost ◄───────────────────────────┘           │
 *                                 └──────────────────────────────────────────┘
 */
export function nextIncarnation(
  state: IncarnationState,
  event: IncarnationEvent,
  now: number,
): IncarnationStep {
  switch (event.kind) {
    case 'observed':
      return observed(state, event.seen, now);
    case 'remembered':
      return { state: state.name === 'whole' ? state : { ...state, memory: event.memory }, effects: [] };
    case 'acknowledged':
      return acknowledged(state);
  }
}

function observed(state: IncarnationState, seen: Observation, now: number): IncarnationStep {
  // To stamp is safe at any time: what was there before is in Postgres or in this process's memory.
  const stamp: IncarnationEffect[] = seen.sentinel === null ? [{ kind: 'stamp' }] : [];
  switch (state.name) {
    case 'learning':
      return learned(state, seen, stamp, now);
    case 'lost': {
      const byAnother = state.memory != null && difference(state.memory, seen) === null;
      if (byAnother) return stays(state.memory, seen, []);
      return { state: { ...state, seen, memory: undefined }, effects: [...stamp, { kind: 'recall' }] };
    }
    case 'whole': {
      const what = difference(state.known, seen);
      if (what === null) return stays(state.known, seen, []);
      const restarted = wasRestarted(state.seen, seen);
      return lost({ what, before: state.known, since: now, restarted }, seen, stamp);
    }
  }
}

function learned(
  state: Extract<IncarnationState, { name: 'learning' }>,
  seen: Observation,
  stamp: readonly IncarnationEffect[],
  now: number,
): IncarnationStep {
  const { memory, last } = state;
  const known = memory ?? incarnationOf(last);
  const what = known === null ? null : difference(known, seen);
  if (known !== null && what !== null) {
    return lost({ what, before: known, since: now, restarted: wasRestarted(last, seen) }, seen, stamp);
  }
  if (memory != null) return stays(memory, seen, []);
  const found = incarnationOf(seen);
  if (memory === null && found !== null)
    return stays(found, seen, [{ kind: 'remember', incarnation: found }]);
  const next = { name: 'learning', memory, last: found === null ? last : seen } as const;
  return { state: next, effects: [...stamp, { kind: 'recall' }] };
}

function incarnationOf(seen: Observation | null): Incarnation | null {
  return seen?.sentinel == null ? null : { sentinel: seen.sentinel, highWater: seen.lastId };
}

function wasRestarted(before: Observation | null, after: Observation): boolean | null {
  return before?.runId == null || after.runId === null ? null : before.runId !== after.runId;
}

function lost(loss: Loss, seen: Observation, stamp: readonly IncarnationEffect[]): IncarnationStep {
  const effects: IncarnationEffect[] = [...stamp, { kind: 'recall' }, { kind: 'announce', loss }];
  return { state: { name: 'lost', loss, seen, memory: undefined }, effects };
}

function acknowledged(state: IncarnationState): IncarnationStep {
  const known = state.name === 'lost' ? incarnationOf(state.seen) : null;
  if (state.name !== 'lost' || known === null) return { state, effects: [] };
  return stays(known, state.seen, [{ kind: 'remember', incarnation: known }]);
}

function stays(
  known: Incarnation,
  seen: Observation,
  effects: readonly IncarnationEffect[],
): IncarnationStep {
  const highWater = Math.max(known.highWater, seen.lastId);
  return { state: { name: 'whole', known: { ...known, highWater }, seen }, effects };
}

function difference(known: Incarnation, seen: Observation): Loss['what'] | null {
  if (seen.sentinel === null) return 'sentinel_gone';
  if (seen.sentinel !== known.sentinel) return 'sentinel_changed';
  return seen.lastId < known.highWater ? 'ids_went_back' : null;
}

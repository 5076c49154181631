/** Queues of which more are not looked at. */
export const MOST_QUEUES = 500;
/** Names that are counted beyond those. */
const MOST_COUNTED = 10_000;

/** Which queues there are, as far as they were looked for. */
export interface Discovery {
  /** Queues that are there. */
  readonly known: ReadonlySet<string>;
  /** Those of which the pass that is under way has seen the keys. */
  readonly seen: ReadonlySet<string>;
  /** Those that had a worker when the connections were last looked at; null when they cannot be. */
  readonly connected: ReadonlySet<string> | null;
  /** Names that were not kept, for there were too many, of this pass. */
  readonly beyond: ReadonlySet<string>;
  /** The same of the last whole pass. */
  readonly beyondBefore: number;
  /** Monotonic ms at which the last pass through all keys ended; null before the first has. */
  readonly wholeAt: number | null;
}

export const NOTHING_FOUND: Discovery = {
  known: new Set(),
  seen: new Set(),
  connected: null,
  beyond: new Set(),
  beyondBefore: 0,
  wholeAt: null,
};

/** Keys of these queues were seen. */
export function withKeys(before: Discovery, names: readonly string[]): Discovery {
  const { known, beyond } = taken(before, names);
  return {
    ...before,
    known,
    beyond,
    seen: new Set([...before.seen, ...names.filter((each) => known.has(each))]),
  };
}

/** These queues have workers that are connected; null when Redis does not tell. */
export function withConnections(before: Discovery, names: readonly string[] | null): Discovery {
  if (names === null) return { ...before, connected: null };
  return { ...before, ...taken(before, names), connected: new Set(names) };
}

/** Queues that the pass that has just ended did not see, and that nobody works for: whether they are gone is to be asked. */
export function missing({ known, seen, connected }: Discovery): readonly string[] {
  return [...known].filter((name) => !seen.has(name) && connected?.has(name) !== true);
}

/** A pass has gone through all keys. `gone`: those that were missing, and are not there. */
export function passEnded(before: Discovery, gone: readonly string[], mono: number): Discovery {
  const known = new Set(before.known);
  for (const name of gone) known.delete(name);
  return {
    ...before,
    known,
    seen: new Set(),
    beyond: new Set(),
    beyondBefore: before.beyond.size,
    wholeAt: mono,
  };
}

/** How many names are not kept, as far as it is known: of the last whole pass, or of this one when it has found more. */
export function beyondOf({ beyond, beyondBefore }: Discovery): number {
  return Math.max(beyondBefore, beyond.size);
}

/** Whoever is known stays; of new ones those that come first are kept. */
function taken(before: Discovery, names: readonly string[]): Pick<Discovery, 'known' | 'beyond'> {
  const known = new Set(before.known);
  const beyond = new Set(before.beyond);
  for (const name of names) {
    if (known.has(name)) continue;
    if (known.size < MOST_QUEUES) known.add(name);
    else if (beyond.size < MOST_COUNTED) beyond.add(name);
  }
  return { known, beyond };
}

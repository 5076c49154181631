/** One space of V8's heap, as `v8.getHeapSpaceStatistics()` tells. */
export interface HeapSpace {
  readonly space_name: string;
  readonly space_used_size: number;
}

const MB = 1024 * 1024;
const YOUNG = /^(shared_)?new_|^read_only_/;
/** The young generation is two half spaces, and one of their size for what is large. */
const HALF_SPACES = 3;
/** From the sources of V8: the share of the old generation that a half space has, and its bounds. */
const OLD_TO_HALF = { low: 256, usual: 128, lowBelow: 256 * MB };
const HALF_SPACE = { least: MB, most: 16 * MB };

/** What the old generation uses: everything that outlived the first collections. */
export function oldGenerationUsed(spaces: readonly HeapSpace[]): number {
  return spaces
    .filter(({ space_name }) => !YOUNG.test(space_name))
    .reduce((sum, { space_used_size }) => sum + space_used_size, 0);
}

/**
 * What the old generation may use. `heap_size_limit` is that and the largest young generation, which is no room for
 * what lives on: 48 MB of 88 with `--max-old-space-size=40`. `flags` are those of V8 that the process was given.
 */
export function oldGenerationLimit(heapSizeLimit: number, flags: readonly string[]): number {
  const old = numberOf('old', flags);
  if (old !== undefined) return old * MB;
  const half = numberOf('semi', flags);
  if (half !== undefined) return Math.max(0, heapSizeLimit - HALF_SPACES * half * MB);
  // The half space depends on the old generation, which is what is sought: two rounds settle it.
  const halfOf = (size: number) =>
    Math.min(
      HALF_SPACE.most,
      Math.max(HALF_SPACE.least, size / (size <= OLD_TO_HALF.lowBelow ? OLD_TO_HALF.low : OLD_TO_HALF.usual)),
    );
  const once = heapSizeLimit - HALF_SPACES * halfOf(heapSizeLimit);
  return heapSizeLimit - HALF_SPACES * halfOf(once);
}

/** The last one given counts; V8 takes `_` for `-`. */
function numberOf(space: 'old' | 'semi', flags: readonly string[]): number | undefined {
  const flag = new RegExp(`^--max[-_]${space}[-_]space[-_]size=(\\d+(?:\\.\\d+)?)$`);
  const given = flags.flatMap((each) => flag.exec(each)?.[1] ?? []).at(-1);
  const number = Number(given);
  // 0 means V8's own.
  return given === undefined || number === 0 ? undefined : number;
}

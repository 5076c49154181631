const MAX_DEPTH = 64;

/** Whether a JSON value is nested deeper than anything downstream should have to recurse. */
export function tooDeep(value: unknown, limit = MAX_DEPTH): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (limit === 0) return true;
  return Object.values(value).some((each) => tooDeep(each, limit - 1));
}

/** JSON text that is the same for the same value, whatever the order of its members. Not for deeper values than the API takes. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, each: unknown) => {
    if (typeof each !== 'object' || each === null || Array.isArray(each)) return each;
    const members = Object.entries(each).sort(([one], [other]) => (one < other ? -1 : 1));
    // Without a prototype: a member may have any name.
    return members.reduce<Record<string, unknown>>(
      (sorted, [name, member]) => {
        sorted[name] = member;
        return sorted;
      },
      Object.create(null) as Record<string, unknown>,
    );
  });
}

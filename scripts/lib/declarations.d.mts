/** The declarations that `entry` leads to: their texts by their paths from `dir`, and the packages that they need. */
export function reachableDeclarations(
  dir: string,
  entry: string,
): { readonly files: ReadonlyMap<string, string>; readonly packages: readonly string[] };

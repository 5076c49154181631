const ABSOLUTE = /^https?:\/\/[^/?#]*/i;

/** The target in origin form: a client may name the whole address (RFC 9112, 3.2.2), and means the same. */
export function originForm(target: string): string {
  if (target.startsWith('/')) return target;
  const absolute = ABSOLUTE.exec(target);
  if (absolute === null) return target;
  const rest = target.slice(absolute[0].length).replace(/#.*$/, '');
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** Path and query of a target; a path means the same with a slash at its end. */
export function splitTarget(target: string): { readonly path: string; readonly query: string | undefined } {
  const mark = target.indexOf('?');
  const path = mark === -1 ? target : target.slice(0, mark);
  const query = mark === -1 ? undefined : target.slice(mark + 1);
  return { path: path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path, query };
}

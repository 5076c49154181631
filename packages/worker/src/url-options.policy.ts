/** What a URL of Redis says, as options of ioredis, which reads one only when it makes a client of it itself. */
export function urlOptions(url: string): Readonly<Record<string, unknown>> {
  if (url.startsWith('/')) return { path: url };
  const { protocol, hostname, port, username, password, pathname, searchParams } = new URL(
    url.includes('://') ? url : `redis://${url}`,
  );
  const db = /^\/(\d+)$/.exec(pathname)?.[1];
  const family = searchParams.get('family');
  return {
    ...Object.fromEntries(searchParams),
    ...(family === null ? {} : { family: Number(family) }),
    // IPv6 stands in brackets.
    ...(hostname === '' ? {} : { host: decodeURIComponent(hostname).replace(/^\[(.*)\]$/, '$1') }),
    ...(port === '' ? {} : { port: Number(port) }),
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    ...(db === undefined ? {} : { db: Number(db) }),
    ...(protocol === 'rediss:' ? { tls: true } : {}),
  };
}

import { createServer } from 'node:net';

const NO_IPV6 = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EINVAL', 'EPROTONOSUPPORT']);

/** `::` takes IPv4 as well, but not on a machine without IPv6: there it is `0.0.0.0`. */
export async function listenHost(host: string, tryOut = tryToListen): Promise<string> {
  if (host !== '::') return host;
  const code = await tryOut(host);
  return code !== null && NO_IPV6.has(code) ? '0.0.0.0' : host;
}

/** The code of the error that listening there ends with; null when it works. */
function tryToListen(host: string): Promise<string | null> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
    server.listen({ port: 0, host }, () => server.close(() => resolve(null)));
  });
}

import { createServer } from 'node:net';

const NO_IPV6 = new Set(['EAFNOSUPPORT', 'EADDRNOTAVAIL', 'EINVAL', 'EPROTONOSUPPORT']);

/** `::` takes IPv4 as well, but not on a machine without IPv6: there it is `0.0.0.0`. */
export async function listenHost(host: string): Promise<string> {
  if (host !== '::') return host;
  const server = createServer();
  const code = await new Promise<string | undefined>((resolve) => {
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
    server.listen({ port: 0, host }, () => server.close(() => resolve(undefined)));
  });
  return code !== undefined && NO_IPV6.has(code) ? '0.0.0.0' : host;
}

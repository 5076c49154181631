import { isIP } from 'node:net';

/** Which Redis is meant, and who asks it. */
export interface RedisTarget {
  readonly host: string;
  readonly port: number;
  readonly db: number;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly tls: boolean;
  /** Of the addresses that the host resolves to: 4, 6, or 0 for both. */
  readonly family: 0 | 4 | 6;
  /** With Sentinel: where to ask for the primary of `name`; `host` and `port` are then not used. */
  readonly sentinel:
    | {
        readonly name: string;
        readonly nodes: readonly { readonly host: string; readonly port: number }[];
        readonly username: string | undefined;
        readonly password: string | undefined;
      }
    | undefined;
  /** What a client of an application's own says beside the address: options of TLS, or a unix socket for host and port. */
  readonly own?: { readonly path?: string; readonly tls?: object };
}

/** For people, and to tell one Redis from another. Holds no credentials. */
export function describeTarget(target: RedisTarget | null): string {
  if (target === null) return 'not configured';
  if (target.own?.path !== undefined && target.sentinel === undefined) return `unix:${target.own.path}`;
  const host = target.host.includes(':') ? `[${target.host}]` : target.host;
  return target.sentinel === undefined ? `${host}:${target.port}` : `sentinel ${target.sentinel.name}`;
}

export function isLoopback(target: RedisTarget | null): boolean {
  return (
    target !== null &&
    target.sentinel === undefined &&
    (target.own?.path !== undefined || /^(localhost|127\..*|::1)$/.test(target.host))
  );
}

/** TLS needs the name that the certificate is for; an address has none. */
export function serverName(target: RedisTarget): string | undefined {
  return isIP(target.host) === 0 ? target.host : undefined;
}

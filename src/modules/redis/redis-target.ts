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
}

/** For people, and to tell one Redis from another. Holds no credentials. */
export function describeTarget(target: RedisTarget | null): string {
  if (target === null) return 'not configured';
  const host = target.host.includes(':') ? `[${target.host}]` : target.host;
  return target.sentinel === undefined ? `${host}:${target.port}` : `sentinel ${target.sentinel.name}`;
}

export function isLoopback(target: RedisTarget | null): boolean {
  return target !== null && target.sentinel === undefined && /^(localhost|127\..*|::1)$/.test(target.host);
}

/** TLS needs the name that the certificate is for; an address has none. */
export function serverName(target: RedisTarget): string | undefined {
  return isIP(target.host) === 0 ? target.host : undefined;
}

import { lookup as lookupName, type LookupAddress, type LookupOptions } from 'node:dns';
import { Agent, buildConnector } from 'undici';
import { mayReach, type ReachRule } from './address.policy.js';

/** The step asked for an address that it may not speak to. */
export class ForbiddenAddressError extends Error {
  override readonly name = 'ForbiddenAddressError';
  readonly code = 'http.address_forbidden';

  constructor(hostname: string) {
    super(
      `${hostname} is not on the public internet; add it to HTTP_STEP_ALLOW_HOSTS if steps may speak to it`,
    );
  }
}

type LookupDone = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number,
) => void;

const CONNECT_TIMEOUT_MS = 10_000;

/**
 * An HTTP agent that connects only where the rule lets it. The address that the name resolves to is looked at
 * before the connection is made, and the peer's own once more after it, so a name that changes its address in
 * between gains nothing.
 */
export function guardedAgent(rule: ReachRule, maxResponseSize: number): Agent {
  return new Agent({
    connect: guardedConnector(rule),
    maxResponseSize,
    keepAliveTimeout: 4000,
    keepAliveMaxTimeout: 4000,
  });
}

function guardedConnector(rule: ReachRule): buildConnector.connector {
  return (options, done) => {
    const { hostname } = options;
    const port = Number(options.port) || (options.protocol === 'https:' ? 443 : 80);
    const permits = (address: string) => mayReach({ hostname, port, address }, rule);
    const connect = buildConnector({ timeout: CONNECT_TIMEOUT_MS, lookup: guardedLookup(permits) });
    // An address written out is not looked up, so it is looked at here.
    if (isLiteral(hostname) && !permits(hostname)) {
      done(new ForbiddenAddressError(hostname), null);
      return;
    }
    connect(options, (...[error, socket]) => {
      if (error !== null) {
        done(error, null);
      } else if (permits(socket.remoteAddress ?? '')) {
        done(null, socket);
      } else {
        socket.destroy();
        done(new ForbiddenAddressError(hostname), null);
      }
    });
  };
}

function guardedLookup(permits: (address: string) => boolean) {
  return (hostname: string, options: LookupOptions, done: LookupDone): void => {
    lookupName(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        done(error, []);
        return;
      }
      // One forbidden address among public ones is a trap, not a choice.
      const [first] = addresses;
      if (first === undefined || !addresses.every(({ address }) => permits(address))) {
        done(new ForbiddenAddressError(hostname), []);
      } else if (options.all === true) {
        done(null, addresses);
      } else {
        done(null, first.address, first.family);
      }
    });
  };
}

function isLiteral(hostname: string): boolean {
  return hostname.includes(':') || /^[\d.]+$/.test(hostname);
}

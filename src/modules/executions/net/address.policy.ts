import ipaddr from 'ipaddr.js';

/** Addresses that look public and are a platform's own: Azure's wire server hands out credentials. */
const PLATFORM_OWN = new Set(['168.63.129.16']);
const IPV4_COMPATIBLE = ipaddr.parseCIDR('::/96');
const SITE_LOCAL = ipaddr.parseCIDR('fec0::/10');

/**
 * Whether an address belongs to the public internet. Everything else (loopback, private, link-local, metadata
 * services, shared, multicast, reserved, tunnels to any of these) does not; neither does what is no address.
 */
export function isPublicAddress(address: string): boolean {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  if (!ipaddr.isValid(bare)) return false;
  // Unwraps IPv4 in IPv6 (`::ffff:127.0.0.1`), the commonest way around such a rule.
  const parsed = ipaddr.process(bare);
  if (parsed.range() !== 'unicast' || PLATFORM_OWN.has(parsed.toString())) return false;
  return !(parsed instanceof ipaddr.IPv6 && (parsed.match(IPV4_COMPATIBLE) || parsed.match(SITE_LOCAL)));
}

/** Whether a host is allowed by name: `host` allows all its ports, `host:port` one. Case does not matter. */
export function isAllowedByName(hostname: string, port: number, allowed: readonly string[]): boolean {
  const host = bareHost(hostname);
  return allowed.some((entry) => {
    const name = bareHost(entry);
    return name === host || name === `${host}:${port}` || entry.toLowerCase() === `[${host}]:${port}`;
  });
}

function bareHost(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/\.$/, '')
    .replace(/^\[([^\]]*)\]$/, '$1');
}

export interface ReachRule {
  /** Development reaches everything, production only the public internet and what is allowed by name. */
  readonly publicOnly: boolean;
  readonly allowed: readonly string[];
}

/** Whether a step may speak to this address under this name. */
export function mayReach(
  target: { hostname: string; port: number; address: string },
  rule: ReachRule,
): boolean {
  if (!rule.publicOnly || isAllowedByName(target.hostname, target.port, rule.allowed)) return true;
  return isPublicAddress(target.address);
}

/** What ioredis does about a refusal: nothing, connect anew, or connect anew and send the command again. */
export type Reconnect = false | 1 | 2;

export interface Client {
  /** Waits for Redis as long as it takes. */
  readonly waits: boolean;
  /** The address is asked of Sentinels, so a new connection may lead elsewhere. */
  readonly bySentinel: boolean;
}

/** A Redis that loads its data, or a primary that was demoted, refuses at once: who waits would spin. */
export function onRefusal(error: Error, { waits, bySentinel }: Client): Reconnect {
  if (/^(LOADING|MASTERDOWN)\b/.test(error.message)) return waits ? 2 : false;
  if (bySentinel && /^READONLY\b/.test(error.message)) return waits ? 2 : 1;
  return false;
}

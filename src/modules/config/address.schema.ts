import { z } from 'zod';
import { isHost, isQuoted, QUOTES_KEPT, whyNotRedisUrl } from './redis-url.js';

/** Settings that make part of an address: what cannot be understood is told with its mend, and never shown. */

const told = (why: (value: string) => string | undefined) =>
  z.string().superRefine((value, context) => {
    const message = why(value);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });

export const host = (fallback: string) =>
  told((value) => {
    if (isQuoted(value)) return QUOTES_KEPT;
    return isHost(value)
      ? undefined
      : 'must be a host name or an IP address, without scheme, port or credentials';
  })
    .transform((value) => value.replace(/^\[|\]$/g, ''))
    .default(fallback);

export const redisUrl = () => told(whyNotRedisUrl).optional();

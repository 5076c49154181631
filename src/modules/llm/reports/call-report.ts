import { SERVER_MS_LUA } from '@probity/worker/wire';
import { z } from 'zod';
import { cut, shown, storable } from '../../kernel/index.js';
import { PROVIDERS, type ProviderName } from '../provider.js';
import { CALL_TROUBLES, type CallOutcome } from '../provider.state.js';

const MESSAGE_MAX = 500;

/** What the last real call to a provider came to, as JSON in a Redis hash, by provider. */
const wireReport = z.object({
  outcome: z.union([z.literal('succeeded'), z.enum(CALL_TROUBLES)]),
  message: z
    .string()
    .transform((text) => cut(shown(storable(text)), MESSAGE_MAX))
    .default(''),
});

export interface CallReport {
  readonly provider: ProviderName;
  readonly outcome: CallOutcome;
  /** When the call ended, epoch ms by the clock of Redis. */
  readonly at: number;
}

export const reportsKey = ({ prefix }: { readonly prefix: string }) => `${prefix}:probity:llm-calls`;

/** Longer than any report is believed. */
export const REPORTS_EXPIRE_MS = 3_600_000;

/**
 * Keeps what happened last, whoever tells of it and however late.
 * KEYS: reports; ARGV: provider, age in ms, JSON, ms until all of it expires.
 */
export const REPORT_SCRIPT = `${SERVER_MS_LUA}
local at = serverMs(KEYS[1] .. ':clock') - tonumber(ARGV[2])
local before = redis.call('HGET', KEYS[1], ARGV[1])
local told = before and tonumber(string.match(before, '^(%d+) ')) or 0
-- What was told of a time to come was never told.
if told > at and told <= at + tonumber(ARGV[2]) + 10000 then return end
redis.call('HSET', KEYS[1], ARGV[1], string.format('%d %s', at, ARGV[3]))
redis.call('PEXPIRE', KEYS[1], ARGV[4])`;

export function wireOf(outcome: CallOutcome, redact: (text: string) => string): string {
  return outcome === 'succeeded'
    ? JSON.stringify({ outcome })
    : JSON.stringify({ outcome: outcome.code, message: redact(outcome.message).slice(0, MESSAGE_MAX) });
}

/** A report is far shorter; what is longer is none, and is not even read. */
export const LONGEST_REPORT = 8192;

/** Reads what was told of each provider; what cannot be understood is left out. */
export function readReports(hash: Readonly<Record<string, string | null>>): readonly CallReport[] {
  return PROVIDERS.flatMap((provider) => {
    const text = hash[provider] ?? '';
    const [, at, json = ''] = /^(\d{1,15}) (.*)$/.exec(text) ?? [];
    const outcome = text.length > LONGEST_REPORT ? null : parse(json);
    return outcome === null ? [] : [{ provider, outcome, at: Number(at) }];
  });
}

function parse(json: string): CallOutcome | null {
  try {
    const { success, data } = wireReport.safeParse(JSON.parse(json));
    if (!success) return null;
    return data.outcome === 'succeeded' ? data.outcome : { code: data.outcome, message: data.message };
  } catch {
    return null;
  }
}

import type { Trouble } from './provider-error.js';

/** How listing the models of one provider went. */
export interface ProbeResult {
  readonly code: 'llm.ready' | 'llm.unverified' | Trouble;
  readonly message: string;
  readonly latencyMs: number;
  /** Null unless the models were listed. */
  readonly models: number | null;
}

/** What is remembered of one provider: its probes, and the real calls of this process. Times are monotonic ms. */
export interface ProviderState {
  readonly probe: (ProbeResult & { readonly at: number }) | null;
  /** When the present run of failing probes began; null while they pass. */
  readonly troubleSince: number | null;
  /** Since when the probes have said what they say now; null before the first. */
  readonly probedSince: number | null;
  /** Last success of a probe or a real call. */
  readonly lastSuccessAt: number | null;
  readonly lastCallSucceededAt: number | null;
  /** The last real call, when it failed for a reason that is the provider's. */
  readonly callTrouble: { readonly code: CallTrouble; readonly message: string; readonly at: number } | null;
}

/** Reasons that real calls may give; probes list models, which providers allow when the quota is spent. */
export const CALL_TROUBLES = [
  'llm.key_rejected',
  'llm.quota_exhausted',
  'llm.rate_limited',
  'llm.overloaded',
  'llm.unexpected_answer',
] as const;
type CallTrouble = (typeof CALL_TROUBLES)[number];

/** What a real call says of its provider. */
export type CallOutcome = 'succeeded' | { readonly code: CallTrouble; readonly message: string };

export const unknownProvider: ProviderState = {
  probe: null,
  troubleSince: null,
  probedSince: null,
  lastSuccessAt: null,
  lastCallSucceededAt: null,
  callTrouble: null,
};

export function afterProbe(state: ProviderState, result: ProbeResult, now: number): ProviderState {
  const probe = { ...result, at: now };
  const probedSince = state.probe?.code === result.code ? (state.probedSince ?? now) : now;
  if (result.code !== 'llm.ready') {
    return { ...state, probe, probedSince, troubleSince: state.troubleSince ?? now };
  }
  // Listing the models proves the key, not the quota.
  const keyProven = state.callTrouble?.code === 'llm.key_rejected';
  return {
    ...state,
    probe,
    probedSince,
    troubleSince: null,
    lastSuccessAt: now,
    callTrouble: keyProven ? null : state.callTrouble,
  };
}

/** Null when the call failed for a reason that says nothing certain of its provider. */
export function outcomeOf(
  ended: 'succeeded' | { readonly code: Trouble; readonly message: string },
): CallOutcome | null {
  if (ended === 'succeeded') return ended;
  const code = CALL_TROUBLES.find((each) => each === ended.code);
  return code === undefined ? null : { code, message: ended.message };
}

/** `at` is when the call ended. */
export function afterCall(state: ProviderState, outcome: CallOutcome, at: number): ProviderState {
  if (outcome === 'succeeded') {
    const lastSuccessAt = Math.max(at, state.lastSuccessAt ?? at);
    return { ...state, lastSuccessAt, lastCallSucceededAt: at, callTrouble: null };
  }
  return { ...state, callTrouble: { ...outcome, at } };
}

export interface Verdict {
  readonly code: 'llm.ready' | 'llm.unverified' | 'llm.connection_lost' | Trouble;
  readonly message: string;
}

const MINUTE_MS = 60_000;
/** A real success outweighs probes for so long, when it came after they began to say what they say; then it is old. */
const SUCCESS_COUNTS_MS = 10 * MINUTE_MS;
/** A lost connection is a warning for so long, if the provider ever worked. */
const LOST_MS = 30_000;
const CALL_TROUBLE_COUNTS_MS: Readonly<Record<CallTrouble, number>> = {
  'llm.key_rejected': 5 * MINUTE_MS,
  'llm.quota_exhausted': 5 * MINUTE_MS,
  'llm.rate_limited': 30_000,
  'llm.overloaded': 30_000,
  'llm.unexpected_answer': 5 * MINUTE_MS,
};

/** What is to be believed of a provider now; null before anything is known. */
export function verdict(state: ProviderState, now: number): Verdict | null {
  const { probe, callTrouble, troubleSince, probedSince, lastCallSucceededAt } = state;
  if (callTrouble !== null && speaks(callTrouble, probe, now)) return callTrouble;
  if (probe === null) return null;
  if (probe.code === 'llm.ready') return probe;
  if (lastCallSucceededAt !== null && probedSince !== null && lastCallSucceededAt > probedSince) {
    // Nothing has spoken against it since; that nobody called it for a while is no reason to call it broken.
    return now - lastCallSucceededAt < SUCCESS_COUNTS_MS
      ? { code: 'llm.ready', message: 'a real call succeeded since its probe failed' }
      : { code: 'llm.unverified', message: `${probe.message}; real calls succeeded, the last a while ago` };
  }
  if (probe.code !== 'llm.unreachable' || troubleSince === null || state.lastSuccessAt === null) return probe;
  return now - troubleSince < LOST_MS ? { code: 'llm.connection_lost', message: probe.message } : probe;
}

/** A listing that works knows better than a call of which an answer was not understood: it may have been the question. */
function speaks(
  { code, at }: NonNullable<ProviderState['callTrouble']>,
  probe: ProviderState['probe'],
  now: number,
): boolean {
  if (code === 'llm.unexpected_answer' && probe?.code === 'llm.ready') return false;
  return now - at < CALL_TROUBLE_COUNTS_MS[code];
}

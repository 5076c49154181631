import type { Code } from '../health/index.js';

/** What came back for `eth_blockNumber`. */
export type EvmOutcome =
  | { readonly kind: 'unreachable'; readonly errorCode: string | undefined }
  | { readonly kind: 'silent' }
  | { readonly kind: 'replied'; readonly status: number; readonly body: unknown };

/** The highest block seen, and since when (monotonic ms). */
export interface ChainState {
  readonly height: bigint;
  readonly since: number;
}

export interface EvmAssessment {
  readonly code: Code;
  readonly message: string;
  readonly chain: ChainState | null;
}

const STALLED_AFTER_MS = 300_000;
/** "Limit exceeded", of the EIP-1474 error codes. */
const LIMIT_EXCEEDED = -32005;

export function assessEvm(outcome: EvmOutcome, chain: ChainState | null, now: number): EvmAssessment {
  const say = (code: Code, message: string, next = chain): EvmAssessment => ({ code, message, chain: next });
  switch (outcome.kind) {
    case 'unreachable':
      return say(
        'evm_rpc.unreachable',
        `The EVM RPC endpoint cannot be reached (${outcome.errorCode ?? 'no reason given'}); check EVM_RPC_URL`,
      );
    case 'silent':
      return say('evm_rpc.timeout', 'The EVM RPC endpoint did not answer eth_blockNumber within 3 s');
    case 'replied':
      break;
  }
  const { status, body } = outcome;
  const said = `The EVM RPC endpoint answered ${status}`;
  if (status === 401 || status === 403)
    return say('evm_rpc.unauthorized', `${said}; check the key in EVM_RPC_URL`);
  if (status === 429) return say('evm_rpc.rate_limited', `${said}: too many requests`);
  const error = member(body, 'error');
  if (error !== undefined && error !== null) {
    const number = member(error, 'code');
    const shown = typeof number === 'number' ? String(number) : 'without a code';
    const code = number === LIMIT_EXCEEDED ? 'evm_rpc.rate_limited' : 'evm_rpc.rpc_error';
    return say(code, `The EVM RPC endpoint refused eth_blockNumber with the JSON-RPC error ${shown}`);
  }
  if (status !== 200) return say('evm_rpc.http_error', said);
  const result = member(body, 'result');
  if (typeof result !== 'string' || !/^0x[0-9a-f]{1,64}$/i.test(result)) {
    return say('evm_rpc.malformed', 'The EVM RPC endpoint answered with no block number; check EVM_RPC_URL');
  }
  const height = BigInt(result);
  const next = chain === null || height > chain.height ? { height, since: now } : chain;
  const ageMs = now - next.since;
  if (ageMs >= STALLED_AFTER_MS) {
    return say('evm_rpc.stalled', `No block after ${next.height} for ${Math.round(ageMs / 1000)} s`, next);
  }
  return say('evm_rpc.ok', `The EVM RPC endpoint answers; its chain is at block ${height}`, next);
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

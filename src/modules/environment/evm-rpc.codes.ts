import { askApi, defineCodes, fail, healthy, MONITORING, warn } from '../health/codes/index.js';

const ASK_FOR_BLOCK = `curl -s -X POST -H 'content-type: application/json' -d '{"jsonrpc":"2.0","id":1,"method":"eth_blockNumber","params":[]}' "$EVM_RPC_URL"`;

/** Reasons of the check `evm-rpc`. */
export const evmRpcCodes = defineCodes(
  { runbook: MONITORING, target: 'self' },
  {
    'evm_rpc.ok': healthy('The EVM RPC endpoint answers and its chain advances.'),
    'evm_rpc.not_configured': fail({
      message: 'The EVM RPC endpoint is declared but not configured.',
      means: 'DECLARED_DEPENDENCIES names evm-rpc, and EVM_RPC_URL is missing or invalid.',
      kind: 'setup',
      firstCommand: askApi('/readyz/environment', '.message'),
      fix: 'Set EVM_RPC_URL or take evm-rpc out of DECLARED_DEPENDENCIES, and restart.',
    }),
    'evm_rpc.unreachable': fail({
      message: 'The EVM RPC endpoint cannot be reached.',
      means: 'The connection is refused or reset, the name does not resolve, or TLS fails.',
      firstCommand: ASK_FOR_BLOCK,
      fix: 'Mend the network, or correct EVM_RPC_URL.',
    }),
    'evm_rpc.timeout': fail({
      message: 'The EVM RPC endpoint does not answer in time.',
      means: 'eth_blockNumber was not answered within 3 s.',
      firstCommand: `time ${ASK_FOR_BLOCK}`,
      fix: 'Look at the node, or at the status page of its provider.',
    }),
    'evm_rpc.unauthorized': fail({
      message: 'The EVM RPC endpoint rejects our credentials.',
      means: 'It answered 401 or 403: the key in EVM_RPC_URL is wrong, revoked or not allowed.',
      firstCommand: ASK_FOR_BLOCK,
      fix: 'Issue a new key at the provider, put it into EVM_RPC_URL, and restart.',
    }),
    'evm_rpc.rate_limited': warn({
      message: 'The EVM RPC endpoint limits the rate of requests.',
      means: 'It answered 429, or with the JSON-RPC error -32005.',
      firstCommand: ASK_FOR_BLOCK,
      fix: 'Reduce the load on the endpoint, or raise its plan.',
    }),
    'evm_rpc.http_error': fail({
      message: 'The EVM RPC endpoint answers with an HTTP error.',
      means: 'It answered neither 200 nor one of the codes that mean credentials or a rate limit.',
      firstCommand: ASK_FOR_BLOCK,
      fix: 'Look at the node and the proxies before it, by the status of the message.',
    }),
    'evm_rpc.rpc_error': fail({
      message: 'The EVM RPC endpoint answers with a JSON-RPC error.',
      means: 'The endpoint understood the question and refused it; the error number is given.',
      firstCommand: ASK_FOR_BLOCK,
      fix: 'Look the number of the message up in the documentation of the node.',
    }),
    'evm_rpc.malformed': fail({
      message: 'The EVM RPC endpoint gave an answer that could not be understood.',
      means:
        'The answer is no JSON-RPC response with a block number: EVM_RPC_URL most likely points elsewhere.',
      firstCommand: ASK_FOR_BLOCK,
      fix: 'Correct EVM_RPC_URL.',
    }),
    'evm_rpc.stalled': warn({
      message: 'The chain behind the EVM RPC endpoint does not advance.',
      means: 'The endpoint answers, but has shown no new block for five minutes.',
      firstCommand: askApi('/readyz/evm-rpc?verbose', '.details'),
      fix: 'Compare with a public explorer of the chain, and restart the node when it alone stands still.',
    }),
  },
);

type EvmRpcCodes = typeof evmRpcCodes;
declare global {
  namespace Probity {
    interface Codes extends EvmRpcCodes {}
  }
}

import { defineCodes, fail, healthy, warn } from '../health/codes/index.js';

/** Reasons of the checks `environment`, `memory`, `event-loop`, `evm-rpc`, and of undiscovered dependencies. */
export const environmentCodes = defineCodes(
  { runbook: 'docs/runbooks/production-monitoring.md', target: 'self' },
  {
    'environment.valid': healthy('Settings and secrets are valid.'),
    'environment.setting_missing': fail(
      'A required setting is missing.',
      'A setting that is always required, or that another setting needs, is not set. Its name is given.',
    ),
    'environment.secret_weak': fail(
      'A secret is too weak.',
      'A secret is shorter than 16 characters or one of the usual placeholders.',
    ),
    'environment.setting_invalid': fail(
      'A setting is invalid.',
      'A setting cannot be understood, so its default is used instead. Its name is given, its value never.',
    ),
    'environment.token_weak': warn(
      'A token of the clients protects badly.',
      'API_TOKEN or OPS_TOKEN is short, a placeholder, the same as the other, or holds what no client can send. Its name is given.',
    ),
    'environment.api_token_missing': warn(
      'Workflows and executions are closed: API_TOKEN is not set.',
      'In production without API_TOKEN, whatever changes something answers 403 to everyone.',
    ),
    'environment.ops_token_missing': warn(
      'Details are open to everyone: OPS_TOKEN is not set.',
      'In production without OPS_TOKEN, messages, details and metrics are shown to whoever asks.',
    ),
    'environment.node_env_assumed': warn(
      'NODE_ENV is not set to a known value, so production is assumed.',
      'NODE_ENV is absent, or not one of production, development and test. Closed by default.',
    ),
    'memory.ok': healthy('Memory usage is within its limit.'),
    'memory.high': warn(
      'Memory usage is close to its limit.',
      'The container or the heap uses 85 % of what it may.',
    ),
    'memory.critical': fail(
      'Memory is nearly used up.',
      'The container or the heap uses 95 % of what it may: it is about to be killed for lack of memory.',
      { restart: 'helps' },
    ),
    'event_loop.responsive': healthy('The event loop is responsive.'),
    'event_loop.slow': warn(
      'The event loop is slow.',
      'Work waited a second for its turn, waits a quarter of one all the time, or the process is never idle.',
    ),
    'event_loop.blocked': fail(
      'The event loop is blocked for seconds.',
      'Synchronous work keeps everything else of this process waiting: for five seconds, or again and again for one.',
    ),
    'log.ok': healthy('The log is written.'),
    'log.failing': warn(
      'The log cannot be written, or nobody reads it.',
      'Lines wait to be written, or were dropped, because the disk is full or the reader stalls. The work goes on.',
      { restart: 'harmful' },
    ),
    'process.descriptors_ok': healthy('The process has descriptors left.'),
    'process.descriptors': warn(
      'The process has hardly a descriptor left, or refuses connections.',
      'Nearly all descriptors that the process may have are open, or all connections that they allow are taken.',
    ),
    'evm_rpc.ok': healthy('The EVM RPC endpoint answers and its chain advances.'),
    'evm_rpc.not_configured': fail(
      'The EVM RPC endpoint is declared but not configured.',
      'DECLARED_DEPENDENCIES names evm-rpc, and EVM_RPC_URL is missing or invalid.',
    ),
    'evm_rpc.unreachable': fail(
      'The EVM RPC endpoint cannot be reached.',
      'The connection is refused or reset, the name does not resolve, or TLS fails.',
    ),
    'evm_rpc.timeout': fail(
      'The EVM RPC endpoint does not answer in time.',
      'eth_blockNumber was not answered within 3 s.',
    ),
    'evm_rpc.unauthorized': fail(
      'The EVM RPC endpoint rejects our credentials.',
      'It answered 401 or 403: the key in EVM_RPC_URL is wrong, revoked or not allowed.',
    ),
    'evm_rpc.rate_limited': warn(
      'The EVM RPC endpoint limits the rate of requests.',
      'It answered 429, or with the JSON-RPC error -32005.',
    ),
    'evm_rpc.http_error': fail(
      'The EVM RPC endpoint answers with an HTTP error.',
      'It answered neither 200 nor one of the codes that mean credentials or a rate limit.',
    ),
    'evm_rpc.rpc_error': fail(
      'The EVM RPC endpoint answers with a JSON-RPC error.',
      'The endpoint understood the question and refused it; the error number is given.',
    ),
    'evm_rpc.malformed': fail(
      'The EVM RPC endpoint gave an answer that could not be understood.',
      'The answer is no JSON-RPC response with a block number: EVM_RPC_URL most likely points elsewhere.',
    ),
    'evm_rpc.stalled': warn(
      'The chain behind the EVM RPC endpoint does not advance.',
      'The endpoint answers, but has shown no new block for five minutes.',
    ),
    'dependency.not_reported': fail(
      'A declared dependency is reported by nothing.',
      'DECLARED_DEPENDENCIES names it, and no module of this process checks it.',
    ),
  },
);

type EnvironmentCodes = typeof environmentCodes;
declare global {
  namespace Probity {
    interface Codes extends EnvironmentCodes {}
  }
}

import { healthy, type CodeDefinition } from './code.js';

/** Reasons of the checks `environment`, `memory`, `event-loop`, `evm-rpc`, and of undiscovered dependencies. */
export const environmentCodes = {
  'environment.valid': healthy('Settings and secrets are valid.'),
  'environment.setting_missing': {
    status: 'fail',
    message: 'A required setting is missing.',
    means: 'A setting that is always required, or that another setting needs, is not set. Its name is given.',
    restart: 'useless',
    target: 'self',
  },
  'environment.secret_weak': {
    status: 'fail',
    message: 'A secret is too weak.',
    means: 'A secret is shorter than 16 characters or one of the usual placeholders.',
    restart: 'useless',
    target: 'self',
  },
  'environment.setting_invalid': {
    status: 'fail',
    message: 'A setting is invalid.',
    means:
      'A setting cannot be understood, so its default is used instead. Its name is given, its value never.',
    restart: 'useless',
    target: 'self',
  },
  'environment.token_weak': {
    status: 'warn',
    message: 'A token of the clients protects badly.',
    means:
      'API_TOKEN or OPS_TOKEN is short, a placeholder, the same as the other, or holds what no client can send. Its name is given.',
    restart: 'useless',
    target: 'self',
  },
  'environment.api_token_missing': {
    status: 'warn',
    message: 'Workflows and executions are closed: API_TOKEN is not set.',
    means: 'In production without API_TOKEN, whatever changes something answers 403 to everyone.',
    restart: 'useless',
    target: 'self',
  },
  'environment.ops_token_missing': {
    status: 'warn',
    message: 'Details are open to everyone: OPS_TOKEN is not set.',
    means: 'In production without OPS_TOKEN, messages, details and metrics are shown to whoever asks.',
    restart: 'useless',
    target: 'self',
  },
  'environment.node_env_assumed': {
    status: 'warn',
    message: 'NODE_ENV is not set to a known value, so production is assumed.',
    means: 'NODE_ENV is absent, or not one of production, development and test. Closed by default.',
    restart: 'useless',
    target: 'self',
  },
  'memory.ok': healthy('Memory usage is within its limit.'),
  'memory.high': {
    status: 'warn',
    message: 'Memory usage is close to its limit.',
    means: 'The container or the heap uses 85 % of what it may.',
    restart: 'useless',
    target: 'self',
  },
  'memory.critical': {
    status: 'fail',
    message: 'Memory is nearly used up.',
    means: 'The container or the heap uses 95 % of what it may: it is about to be killed for lack of memory.',
    restart: 'helps',
    target: 'self',
  },
  'event_loop.responsive': healthy('The event loop is responsive.'),
  'event_loop.slow': {
    status: 'warn',
    message: 'The event loop is slow.',
    means:
      'Work waited a second for its turn, waits a quarter of one all the time, or the process is never idle.',
    restart: 'useless',
    target: 'self',
  },
  'event_loop.blocked': {
    status: 'fail',
    message: 'The event loop is blocked for seconds.',
    means:
      'Synchronous work keeps everything else of this process waiting: for five seconds, or again and again for one.',
    restart: 'useless',
    target: 'self',
  },
  'log.ok': healthy('The log is written.'),
  'log.failing': {
    status: 'warn',
    message: 'The log cannot be written, or nobody reads it.',
    means:
      'Lines wait to be written, or were dropped, because the disk is full or the reader stalls. The work goes on.',
    restart: 'harmful',
    target: 'self',
  },
  'process.descriptors_ok': healthy('The process has descriptors left.'),
  'process.descriptors': {
    status: 'warn',
    message: 'The process has hardly a descriptor left, or refuses connections.',
    means:
      'Nearly all descriptors that the process may have are open, or all connections that they allow are taken.',
    restart: 'useless',
    target: 'self',
  },
  'evm_rpc.ok': healthy('The EVM RPC endpoint answers and its chain advances.'),
  'evm_rpc.not_configured': {
    status: 'fail',
    message: 'The EVM RPC endpoint is declared but not configured.',
    means: 'DECLARED_DEPENDENCIES names evm-rpc, and EVM_RPC_URL is missing or invalid.',
    restart: 'useless',
    target: 'self',
  },
  'evm_rpc.unreachable': {
    status: 'fail',
    message: 'The EVM RPC endpoint cannot be reached.',
    means: 'The connection is refused or reset, the name does not resolve, or TLS fails.',
    restart: 'useless',
    target: 'self',
  },
  'evm_rpc.timeout': {
    status: 'fail',
    message: 'The EVM RPC endpoint does not answer in time.',
    means: 'eth_blockNumber was not answered within 3 s.',
    restart: 'useless',
    target: 'self',
  },
  'evm_rpc.unauthorized': {
    status: 'fail',
    message: 'The EVM RPC endpoint rejects our credentials.',
    means: 'It answered 401 or 403: the key in EVM_RPC_URL is wrong, revoked or not allowed.',
    restart: 'useless',
    target: 'self',
  },
  'evm_rpc.rate_limited': {
    status: 'warn',
    message: 'The EVM RPC endpoint limits the rate of requests.',
    means: 'It answered 429, or with the JSON-RPC error -32005.',
    restart: 'useless',
    target: 'self',
  },
  'evm_rpc.http_error': {
    status: 'fail',
    message: 'The EVM RPC endpoint answers with an HTTP error.',
    means: 'It answered neither 200 nor one of the codes that mean credentials or a rate limit.',
    restart: 'useless',
    target: 'self',
  },
  'evm_rpc.rpc_error': {
    status: 'fail',
    message: 'The EVM RPC endpoint answers with a JSON-RPC error.',
    means: 'The endpoint understood the question and refused it; the error number is given.',
    restart: 'useless',
    target: 'self',
  },
  'evm_rpc.malformed': {
    status: 'fail',
    message: 'The EVM RPC endpoint gave an answer that could not be understood.',
    means:
      'The answer is no JSON-RPC response with a block number: EVM_RPC_URL most likely points elsewhere.',
    restart: 'useless',
    target: 'self',
  },
  'evm_rpc.stalled': {
    status: 'warn',
    message: 'The chain behind the EVM RPC endpoint does not advance.',
    means: 'The endpoint answers, but has shown no new block for five minutes.',
    restart: 'useless',
    target: 'self',
  },
  'dependency.not_reported': {
    status: 'fail',
    message: 'A declared dependency is reported by nothing.',
    means: 'DECLARED_DEPENDENCIES names it, and no module of this process checks it.',
    restart: 'useless',
    target: 'self',
  },
} as const satisfies Record<string, CodeDefinition>;

import { askApi, defineCodes, fail, healthy, MONITORING, warn } from '../health/codes/index.js';

/** Reasons of the checks `environment`, `memory`, `event-loop`, `log`, `descriptors`, and of undiscovered dependencies. */
export const environmentCodes = defineCodes(
  { runbook: MONITORING, target: 'self' },
  {
    'environment.valid': healthy('Settings and secrets are valid.'),
    'environment.setting_missing': fail({
      message: 'A required setting is missing.',
      means:
        'A setting that is always required, or that another setting needs, is not set. Its name is given.',
      kind: 'setup',
      firstCommand: askApi('/readyz/environment', '.message'),
      fix: 'Set what the message names, and restart with the new environment.',
    }),
    'environment.secret_weak': fail({
      message: 'A secret is too weak.',
      means: 'A secret is shorter than 16 characters or one of the usual placeholders.',
      kind: 'setup',
      firstCommand: askApi('/readyz/environment', '.message'),
      fix: 'Set the secret to the output of `openssl rand -hex 32`, and restart with it.',
    }),
    'environment.setting_invalid': fail({
      message: 'A setting is invalid.',
      means:
        'A setting cannot be understood, so its default is used instead. Its name is given, its value never.',
      kind: 'setup',
      firstCommand: askApi('/readyz/environment', '.message'),
      fix: 'Correct the setting as .env.example describes it, and restart with it.',
    }),
    'environment.token_weak': warn({
      message: 'A token of the clients protects badly.',
      means:
        'API_TOKEN or OPS_TOKEN is short, a placeholder, the same as the other, or holds what no client can send. Its name is given.',
      kind: 'setup',
      firstCommand: askApi('/readyz/environment', '.message'),
      fix: 'Set the token to the output of `openssl rand -hex 32`, restart, and give it to its clients.',
    }),
    'environment.api_token_missing': warn({
      message: 'Workflows and executions are closed: API_TOKEN is not set.',
      means: 'In production without API_TOKEN, whatever changes something answers 403 to everyone.',
      kind: 'setup',
      firstCommand: askApi('/readyz/environment', '.message'),
      fix: 'Set API_TOKEN, restart, and give it to the clients that may run executions.',
    }),
    'environment.ops_token_missing': warn({
      message: 'Details are open to everyone: OPS_TOKEN is not set.',
      means: 'In production without OPS_TOKEN, messages, details and metrics are shown to whoever asks.',
      kind: 'setup',
      firstCommand: askApi('/readyz/environment', '.message'),
      fix: 'Set OPS_TOKEN, restart, and give it to Prometheus and to the people on call.',
    }),
    'environment.node_env_assumed': warn({
      message: 'NODE_ENV is not set to a known value, so production is assumed.',
      means: 'NODE_ENV is absent, or not one of production, development and test. Closed by default.',
      kind: 'setup',
      firstCommand: askApi('/readyz/environment', '.message'),
      fix: 'Set NODE_ENV=production (or development), and restart.',
    }),
    'memory.ok': healthy('Memory usage is within its limit.'),
    'memory.high': warn({
      message: 'Memory usage is close to its limit.',
      means: 'The container or the heap uses 85 % of what it may.',
      firstCommand: askApi('/api/production/health', '.checks.memory.details'),
      fix: 'Watch whether it grows, and raise the limit before it is reached.',
    }),
    'memory.critical': fail({
      message: 'Memory is nearly used up.',
      means:
        'The container or the heap uses 95 % of what it may: it is about to be killed for lack of memory.',
      restart: 'helps',
      firstCommand: askApi('/api/production/health', '.checks.memory.details'),
      fix: 'Drain and restart this process.',
    }),
    'event_loop.responsive': healthy('The event loop is responsive.'),
    'event_loop.slow': warn({
      message: 'The event loop is slow.',
      means:
        'Work waited a second for its turn, waits a quarter of one all the time, or the process is never idle.',
      firstCommand: askApi('/api/production/health', '.checks["event-loop"].details'),
      fix: 'Add processes if it is load, or look for synchronous work if it is not.',
    }),
    'event_loop.blocked': fail({
      message: 'The event loop is blocked for seconds.',
      means:
        'Synchronous work keeps everything else of this process waiting: for five seconds, or again and again for one.',
      firstCommand: askApi('/api/production/health', '.checks["event-loop"].details'),
      fix: 'Find the synchronous work by a CPU profile, and move it to a worker.',
    }),
    'log.ok': healthy('The log is written.'),
    'log.failing': warn({
      message: 'The log cannot be written, or nobody reads it.',
      means:
        'Lines wait to be written, or were dropped, because the disk is full or the reader stalls. The work goes on.',
      restart: 'harmful',
      firstCommand: askApi('/readyz/log?verbose', '{message, details}'),
      fix: 'Make room on the disk of the log, or restart what reads it.',
    }),
    'process.descriptors_ok': healthy('The process has descriptors left.'),
    'process.descriptors': warn({
      message: 'The process has hardly a descriptor left, or refuses connections.',
      means:
        'Nearly all descriptors that the process may have are open, or all connections that they allow are taken.',
      firstCommand: askApi('/readyz/descriptors?verbose', '{message, details}'),
      fix: 'Find who holds the connections, or raise the limit of descriptors.',
    }),
    'dependency.not_reported': fail({
      message: 'A declared dependency is reported by nothing.',
      means: 'DECLARED_DEPENDENCIES names it, and no module of this process checks it.',
      kind: 'setup',
      firstCommand: askApi('/readyz', '.checks | map_values(.code)'),
      fix: 'Take the name out of DECLARED_DEPENDENCIES, or run a version that has a check of it.',
    }),
  },
);

type EnvironmentCodes = typeof environmentCodes;
declare global {
  namespace Probity {
    interface Codes extends EnvironmentCodes {}
  }
}

import {
  askApi,
  askAppServer,
  defineCodes,
  fail,
  healthy,
  SUPERVISED_WORKER,
  warn,
} from '../health/codes/index.js';

/** One code for each reason of the supervised app-server, and those of its check in the api. */
export const appServerCodes = defineCodes(
  { runbook: SUPERVISED_WORKER, target: 'child' },
  {
    'app_server.handshake_complete': healthy(
      'The app-server is ready.',
      'The handshake is done, at least one model is advertised, and the child answers its calls.',
    ),
    'app_server.worker_running': healthy('The app-server child is running.'),
    'app_server.app_server_disabled': fail({
      message: 'The app-server is disabled.',
      means: 'PROXY_USE_APP_SERVER is not true, so no child is started and no request can be served.',
      kind: 'setup',
      target: 'self',
      firstCommand: askAppServer('/healthz', '.app_server_enabled'),
      fix: 'Set PROXY_USE_APP_SERVER=true and restart, or do not run this worker.',
    }),
    'app_server.supervisor_not_initialized': fail({
      message: 'The app-server supervisor has not been set up yet.',
      means: 'The process has just started.',
      kind: 'planned',
      target: 'self',
      firstCommand: askAppServer('/readyz/app-server'),
      fix: 'Wait a second, and look into the log when it lasts.',
    }),
    'app_server.worker_not_started': fail({
      message: 'The app-server child has not been started yet.',
      means: 'The supervisor is set up, and the child is about to be started.',
      kind: 'planned',
      firstCommand: askAppServer('/readyz/app-server'),
      fix: 'Wait a second.',
    }),
    'app_server.worker_starting': fail({
      message: 'The app-server child is starting.',
      means: 'The supervisor is about to start the child.',
      kind: 'planned',
      firstCommand: askAppServer('/healthz', '.worker_supervisor'),
      fix: 'Wait a second.',
    }),
    'app_server.worker_launching': fail({
      message: 'The app-server child is being launched.',
      means: 'The child is being started and has no process yet.',
      kind: 'planned',
      firstCommand: askAppServer('/healthz', '.worker_supervisor'),
      fix: 'Wait, and look at the load of the machine when it lasts.',
    }),
    'app_server.handshake_pending': fail({
      message: 'The handshake with the app-server child is under way.',
      means: 'The child runs, and has not answered initialize and model/list yet, or advertises no model.',
      kind: 'planned',
      firstCommand: askAppServer('/healthz', '.worker_supervisor | {pid, last_log_sample}'),
      fix: 'Wait for WORKER_STARTUP_TIMEOUT_MS.',
    }),
    'app_server.handshake_failed': fail({
      message: 'The handshake with the app-server child failed.',
      means:
        'The child did not answer in time, answered with an error, or advertised no model. It is restarted.',
      restart: 'helps',
      firstCommand: askAppServer('/healthz', '.health.readiness.details | {message, last_exit}'),
      fix: 'Follow the message, or run codex app-server by hand with the same CODEX_HOME.',
    }),
    'app_server.worker_exit': fail({
      message: 'The app-server child has ended.',
      means:
        'The child died or was ended, and follows again after a backoff. How it ended is in the details.',
      firstCommand: askAppServer(
        '/healthz',
        '.worker_supervisor | {last_exit, restarts_total, next_restart_delay_ms}',
      ),
      fix: 'Wait for the next child, and look at last_exit when it ends again.',
    }),
    'app_server.worker_restarting': fail({
      message: 'The app-server child is being restarted.',
      means: 'The child died, and the supervisor waits out the backoff before it starts the next one.',
      firstCommand: askAppServer('/healthz', '.worker_supervisor.next_restart_delay_ms'),
      fix: 'Wait for the next child, and look at last_exit when it ends again.',
    }),
    'app_server.worker_wedged': fail({
      message: 'The app-server child is alive but does not answer.',
      means: 'A call that costs next to nothing got no answer within its deadline. The child is restarted.',
      restart: 'helps',
      firstCommand: askAppServer('/healthz', '.worker_supervisor | {pid, last_exit, restarts_total}'),
      fix: 'Wait for the next child, and look at the load of the machine when it hangs again.',
    }),
    'app_server.restart_limit_exceeded': fail({
      message: 'The app-server child died too often; its restart budget is spent.',
      means:
        'WORKER_RESTART_MAX restarts within WORKER_RESTART_WINDOW_MS did not help. Restarts go on slowly, and liveness fails, so that an orchestrator may replace the whole process.',
      restart: 'helps',
      target: 'self',
      firstCommand: askAppServer('/healthz', '.worker_supervisor | {last_exit, restarts_total}'),
      fix: 'Mend what last_exit and the log name, then restart the worker.',
    }),
    'app_server.shutdown_initiated': fail({
      message: 'The app-server worker is shutting down.',
      means: 'It was asked to stop: requests under way finish, new ones are refused.',
      kind: 'planned',
      restart: 'harmful',
      target: 'self',
      firstCommand: askAppServer('/healthz', '.worker_supervisor.shutdown_in_flight'),
      fix: 'Wait until it ends by itself.',
    }),
    'app_server.shutdown_in_progress': fail({
      message: 'The app-server child is being stopped.',
      means: 'No request is under way any more, and the child is asked to end.',
      kind: 'planned',
      restart: 'harmful',
      target: 'self',
      firstCommand: askAppServer('/healthz', '.worker_supervisor'),
      fix: 'Wait until it ends by itself.',
    }),
    'app_server.shutdown_complete': fail({
      message: 'The app-server child has been stopped.',
      means: 'The worker is about to end.',
      kind: 'planned',
      target: 'self',
      firstCommand: 'journalctl -u probity-app-server -n 20 -o cat | jq -r .msg',
      fix: 'Start the worker again, unless it was meant to stop.',
    }),
    'app_server.not_reported': fail({
      message: 'No app-server worker reports.',
      means:
        'app-server is declared, and no heartbeat of a worker is in Redis: none was started, it looks at another Redis or prefix, or it is gone.',
      restart: 'helps',
      target: 'worker',
      firstCommand:
        'redis-cli -u "$REDIS_URL" zrange "${QUEUE_PREFIX:-bull}:probity:app-server" 0 -1 withscores',
      fix: 'Start the worker, or give the one that runs REDIS_URL and QUEUE_PREFIX of the api.',
    }),
    'app_server.some_not_ready': warn({
      message: 'Some app-server workers are not ready.',
      means: 'At least one worker is ready, and at least one other is not, or has stopped reporting.',
      target: 'worker',
      firstCommand: askApi('/readyz/app-server?verbose', '.details.workers'),
      fix: 'Go to the worker that the message names.',
    }),
    'app_server.unknown': fail({
      message: 'The heartbeats of the app-server workers cannot be read.',
      means: 'Redis did not answer, so nothing is known of the app-server workers.',
      target: 'self',
      firstCommand: askApi('/readyz/queue'),
      fix: 'Mend what the queue check names.',
    }),
  },
);

type AppServerCodes = typeof appServerCodes;
declare global {
  namespace Probity {
    interface Codes extends AppServerCodes {}
  }
}

import { defineCodes, fail, healthy, warn } from '../health/codes/index.js';

/** One code for each reason of the supervised app-server, and those of its check in the api. */
export const appServerCodes = defineCodes(
  { runbook: 'docs/runbooks/supervised-worker.md', target: 'child' },
  {
    'app_server.handshake_complete': healthy(
      'The app-server is ready.',
      'The handshake is done, at least one model is advertised, and the child answers its calls.',
    ),
    'app_server.worker_running': healthy('The app-server child is running.'),
    'app_server.app_server_disabled': fail(
      'The app-server is disabled.',
      'PROXY_USE_APP_SERVER is not true, so no child is started and no request can be served.',
      { target: 'self' },
    ),
    'app_server.supervisor_not_initialized': fail(
      'The app-server supervisor has not been set up yet.',
      'The process has just started.',
      { target: 'self' },
    ),
    'app_server.worker_not_started': fail(
      'The app-server child has not been started yet.',
      'The supervisor is set up, and the child is about to be started.',
    ),
    'app_server.worker_starting': fail(
      'The app-server child is starting.',
      'The supervisor is about to start the child.',
    ),
    'app_server.worker_launching': fail(
      'The app-server child is being launched.',
      'The child is being started and has no process yet.',
    ),
    'app_server.handshake_pending': fail(
      'The handshake with the app-server child is under way.',
      'The child runs, and has not answered initialize and model/list yet, or advertises no model.',
    ),
    'app_server.handshake_failed': fail(
      'The handshake with the app-server child failed.',
      'The child did not answer in time, answered with an error, or advertised no model. It is restarted.',
      { restart: 'helps' },
    ),
    'app_server.worker_exit': fail(
      'The app-server child has ended.',
      'The child died or was ended, and follows again after a backoff. How it ended is in the details.',
    ),
    'app_server.worker_restarting': fail(
      'The app-server child is being restarted.',
      'The child died, and the supervisor waits out the backoff before it starts the next one.',
    ),
    'app_server.worker_wedged': fail(
      'The app-server child is alive but does not answer.',
      'A call that costs next to nothing got no answer within its deadline. The child is restarted.',
      { restart: 'helps' },
    ),
    'app_server.restart_limit_exceeded': fail(
      'The app-server child died too often; its restart budget is spent.',
      'WORKER_RESTART_MAX restarts within WORKER_RESTART_WINDOW_MS did not help. Restarts go on slowly, and liveness fails, so that an orchestrator may replace the whole process.',
      { restart: 'helps', target: 'self' },
    ),
    'app_server.shutdown_initiated': fail(
      'The app-server worker is shutting down.',
      'It was asked to stop: requests under way finish, new ones are refused.',
      { restart: 'harmful', target: 'self' },
    ),
    'app_server.shutdown_in_progress': fail(
      'The app-server child is being stopped.',
      'No request is under way any more, and the child is asked to end.',
      { restart: 'harmful', target: 'self' },
    ),
    'app_server.shutdown_complete': fail(
      'The app-server child has been stopped.',
      'The worker is about to end.',
      { target: 'self' },
    ),
    'app_server.not_reported': fail(
      'No app-server worker reports.',
      'app-server is declared, and no heartbeat of a worker is in Redis: none was started, it looks at another Redis or prefix, or it is gone.',
      { restart: 'helps', target: 'worker' },
    ),
    'app_server.some_not_ready': warn(
      'Some app-server workers are not ready.',
      'At least one worker is ready, and at least one other is not, or has stopped reporting.',
      { target: 'worker' },
    ),
    'app_server.unknown': fail(
      'The heartbeats of the app-server workers cannot be read.',
      'Redis did not answer, so nothing is known of the app-server workers.',
      { target: 'self' },
    ),
  },
);

type AppServerCodes = typeof appServerCodes;
declare global {
  namespace Probity {
    interface Codes extends AppServerCodes {}
  }
}

import { healthy, type CodeDefinition } from './code.js';

/** One code for each reason of the supervised app-server, and those of its check in the api. */
export const appServerCodes = {
  'app_server.handshake_complete': healthy(
    'The app-server is ready.',
    'The handshake is done, at least one model is advertised, and the child answers its calls.',
  ),
  'app_server.worker_running': healthy('The app-server child is running.'),
  'app_server.app_server_disabled': {
    status: 'fail',
    message: 'The app-server is disabled.',
    means: 'PROXY_USE_APP_SERVER is not true, so no child is started and no request can be served.',
    restart: 'useless',
    target: 'self',
  },
  'app_server.supervisor_not_initialized': {
    status: 'fail',
    message: 'The app-server supervisor has not been set up yet.',
    means: 'The process has just started.',
    restart: 'useless',
    target: 'self',
  },
  'app_server.worker_not_started': {
    status: 'fail',
    message: 'The app-server child has not been started yet.',
    means: 'The supervisor is set up, and the child is about to be started.',
    restart: 'useless',
    target: 'child',
  },
  'app_server.worker_starting': {
    status: 'fail',
    message: 'The app-server child is starting.',
    means: 'The supervisor is about to start the child.',
    restart: 'useless',
    target: 'child',
  },
  'app_server.worker_launching': {
    status: 'fail',
    message: 'The app-server child is being launched.',
    means: 'The child is being started and has no process yet.',
    restart: 'useless',
    target: 'child',
  },
  'app_server.handshake_pending': {
    status: 'fail',
    message: 'The handshake with the app-server child is under way.',
    means: 'The child runs, and has not answered initialize and model/list yet, or advertises no model.',
    restart: 'useless',
    target: 'child',
  },
  'app_server.handshake_failed': {
    status: 'fail',
    message: 'The handshake with the app-server child failed.',
    means:
      'The child did not answer in time, answered with an error, or advertised no model. It is restarted.',
    restart: 'helps',
    target: 'child',
  },
  'app_server.worker_exit': {
    status: 'fail',
    message: 'The app-server child has ended.',
    means: 'The child died or was ended, and follows again after a backoff. How it ended is in the details.',
    restart: 'useless',
    target: 'child',
  },
  'app_server.worker_restarting': {
    status: 'fail',
    message: 'The app-server child is being restarted.',
    means: 'The child died, and the supervisor waits out the backoff before it starts the next one.',
    restart: 'useless',
    target: 'child',
  },
  'app_server.worker_wedged': {
    status: 'fail',
    message: 'The app-server child is alive but does not answer.',
    means: 'A call that costs next to nothing got no answer within its deadline. The child is restarted.',
    restart: 'helps',
    target: 'child',
  },
  'app_server.restart_limit_exceeded': {
    status: 'fail',
    message: 'The app-server child died too often; its restart budget is spent.',
    means:
      'WORKER_RESTART_MAX restarts within WORKER_RESTART_WINDOW_MS did not help. Restarts go on slowly, and liveness fails, so that an orchestrator may replace the whole process.',
    restart: 'helps',
    target: 'self',
  },
  'app_server.shutdown_initiated': {
    status: 'fail',
    message: 'The app-server worker is shutting down.',
    means: 'It was asked to stop: requests under way finish, new ones are refused.',
    restart: 'harmful',
    target: 'self',
  },
  'app_server.shutdown_in_progress': {
    status: 'fail',
    message: 'The app-server child is being stopped.',
    means: 'No request is under way any more, and the child is asked to end.',
    restart: 'harmful',
    target: 'self',
  },
  'app_server.shutdown_complete': {
    status: 'fail',
    message: 'The app-server child has been stopped.',
    means: 'The worker is about to end.',
    restart: 'useless',
    target: 'self',
  },
  'app_server.not_reported': {
    status: 'fail',
    message: 'No app-server worker reports.',
    means:
      'app-server is declared, and no heartbeat of a worker is in Redis: none was started, it looks at another Redis or prefix, or it is gone.',
    restart: 'helps',
    target: 'worker',
  },
  'app_server.some_not_ready': {
    status: 'warn',
    message: 'Some app-server workers are not ready.',
    means: 'At least one worker is ready, and at least one other is not, or has stopped reporting.',
    restart: 'useless',
    target: 'worker',
  },
  'app_server.unknown': {
    status: 'fail',
    message: 'The heartbeats of the app-server workers cannot be read.',
    means: 'Redis did not answer, so nothing is known of the app-server workers.',
    restart: 'useless',
    target: 'self',
  },
} as const satisfies Record<string, CodeDefinition>;

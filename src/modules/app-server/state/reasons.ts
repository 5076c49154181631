/** Why the app-server is or is not ready, or live: names of the wire contract. */
export const REASONS = [
  'app_server_disabled',
  'supervisor_not_initialized',
  'worker_not_started',
  'worker_starting',
  'worker_launching',
  'worker_running',
  'handshake_pending',
  'handshake_complete',
  'handshake_failed',
  'worker_exit',
  'worker_restarting',
  'worker_wedged',
  'restart_limit_exceeded',
  'shutdown_initiated',
  'shutdown_in_progress',
  'shutdown_complete',
] as const;

export type Reason = (typeof REASONS)[number];

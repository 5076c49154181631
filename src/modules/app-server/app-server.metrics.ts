import { makeCounterProvider, makeGaugeProvider } from '@willsoto/nestjs-prometheus';

/** Names that dashboards know. */
export const RESTARTS_TOTAL = 'codex_worker_restarts_total';
export const LATENCY_MS = 'codex_worker_latency_ms';
export const BACKOFF_MS = 'codex_worker_backoff_ms';
export const READY = 'codex_worker_ready';
export const STREAMS_ACTIVE = 'codex_streams_active';

export const appServerMetrics = [
  makeCounterProvider({ name: RESTARTS_TOTAL, help: 'Restarts of the child since this process started' }),
  makeGaugeProvider({ name: LATENCY_MS, help: 'From the start of the child to its readiness, ms' }),
  makeGaugeProvider({ name: BACKOFF_MS, help: 'Delay before the next restart, 0 when none is due, ms' }),
  makeGaugeProvider({ name: READY, help: '1 while requests can be served' }),
  makeGaugeProvider({ name: STREAMS_ACTIVE, help: 'Completions under way' }),
];

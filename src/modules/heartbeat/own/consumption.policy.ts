import type { Code } from '../../health/index.js';
import type { WorkerInsight } from '../instrument/instrument-worker.js';

/** After Redis came back nobody is called wedged for this long: reconnects take their time. */
const GRACE_AFTER_REDIS_MS = 60_000;

/** What the process of a worker says of its own consumption. */
export function assessConsumption(insight: WorkerInsight, wedgedAfterMs: number): Code {
  if (insight.state === 'stopping' || insight.state === 'stopped') return 'consumption.not_running';
  if (!insight.connected) return 'consumption.disconnected';
  if (insight.state === 'paused') return 'consumption.paused';
  if (isWedged(insight, wedgedAfterMs)) return 'consumption.wedged';
  return insight.running ? 'consumption.running' : 'consumption.not_running';
}

/**
 * A restart of this process would help: jobs wait, slots are free, nothing is picked up, while Redis answers and
 * has done so for a while. "Could not tell" never counts.
 */
export function isWedged(insight: WorkerInsight, wedgedAfterMs: number): boolean {
  const { redisBackForMs } = insight;
  return (
    insight.connected &&
    insight.state === 'running' &&
    (redisBackForMs === null || redisBackForMs >= GRACE_AFTER_REDIS_MS) &&
    (insight.idleWhileWaitingMs ?? 0) >= wedgedAfterMs
  );
}

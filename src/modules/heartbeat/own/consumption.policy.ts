import type { WorkerInsight } from '@probity/worker';
import type { Code } from '../../health/index.js';
import { wedgedForMs } from '../wedge.policy.js';

/** What the process of a worker says of its own consumption. */
export function assessConsumption(insight: WorkerInsight, wedgedAfterMs: number): Code {
  if (insight.state === 'stopping' || insight.state === 'stopped') return 'consumption.not_running';
  if (!insight.connected) return 'consumption.disconnected';
  if (insight.state === 'paused') return 'consumption.paused';
  if (isWedged(insight, wedgedAfterMs)) return 'consumption.wedged';
  return insight.running ? 'consumption.running' : 'consumption.not_running';
}

/** A restart of this process would help. Those who watch it decide by the same rule (see `wedge.policy`). */
export function isWedged(insight: WorkerInsight, wedgedAfterMs: number): boolean {
  const { connected, state, everRan, idleWhileWaitingMs, limit, redisBackForMs } = insight;
  const takesJobs = connected && state === 'running' && everRan;
  return wedgedForMs({ takesJobs, idleWhileWaitingMs, limit, redisBackForMs }, wedgedAfterMs) > 0;
}

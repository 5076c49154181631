import { describeExit } from './exit.js';
import type { SupervisionLogger } from './logger.js';
import type { SupervisorEvent, SupervisorState } from './machine/supervisor.types.js';

/** One line per start, flip of readiness and death. `state` is the one that the event led to. */
export function logSupervisorEvent(
  logger: SupervisionLogger,
  name: string,
  event: SupervisorEvent,
  state: SupervisorState,
): void {
  const { type, ...about } = event;
  const fields = { name, event: type, ...about };
  switch (event.type) {
    case 'started':
      return logger.info(fields, `${name} started`);
    case 'resumed':
      return logger.info(fields, `${name} runs on, and is supervised again`);
    case 'ready':
      return logger.info({ ...fields, readiness: true }, `${name} is ready`);
    case 'not_ready':
      return logger.warn({ ...fields, readiness: false }, `${name} is not ready: ${event.reason}`);
    case 'stopping':
      return logger.info(fields, `${name} is being ended: ${event.cause}`);
    case 'stable':
      return logger.info(fields, `${name} is stable again; its earlier failures no longer count`);
    case 'exited':
      return logDeath(logger, name, fields, event, state);
    case 'starting':
    case 'startup_passed':
    case 'stopped':
    // So does that of the end that it led to.
    case 'probe_failed':
    // The line of the death that led here says it all.
    case 'backing_off':
    case 'restart_limit_exceeded':
      return;
    default:
      return unreachable(event);
  }
}

function logDeath(
  logger: SupervisionLogger,
  name: string,
  fields: object,
  exit: Extract<SupervisorEvent, { type: 'exited' }>,
  { phase, memory }: SupervisorState,
): void {
  const waits = phase.kind === 'backing_off' || phase.kind === 'exhausted';
  const all = {
    ...fields,
    backoffMs: waits ? phase.delayMs : null,
    restartsTotal: memory.restartsTotal,
    consecutiveFailures: memory.restarts.consecutiveFailures,
  };
  if (!waits) return logger.info(all, `${name} ${describeExit(exit)}`);
  if (phase.kind === 'backing_off') return logger.warn(all, `${name} ${phase.reason}`);
  return logger.error({ ...all, reason: 'restart_limit_exceeded' }, `${name} ${phase.reason}`);
}

function unreachable(value: never): never {
  throw new Error(`Unhandled event ${JSON.stringify(value)}`);
}

import type { ReportedWorker } from './beats.js';

type Verdict =
  'app_server.handshake_complete' | 'app_server.some_not_ready' | 'app_server.not_reported' | 'none_ready';

export interface Assessment {
  /** `none_ready` stands for the reason of `worst`. */
  readonly verdict: Verdict;
  readonly message: string;
  /** Reason of the worker that was heard last among those that are not ready. */
  readonly worst: string | null;
}

/** Workers that a message names. */
const NAMED = 10;

/** What the workers together come to: work can be done while one of them is ready. */
export function assessAppServers(workers: readonly ReportedWorker[]): Assessment {
  const heard = [...workers].sort((a, b) => a.ageMs - b.ageMs);
  const ready = heard.filter(({ beat }) => beat?.ready === true);
  const others = heard.filter(({ beat }) => beat?.ready !== true);
  const worst = others.find(({ beat }) => beat !== null)?.beat?.reason ?? null;
  const told = [
    ...others.slice(0, NAMED).map(describe),
    ...(others.length > NAMED ? [`and ${others.length - NAMED} more`] : []),
  ].join(', ');
  if (ready.length > 0) {
    const message = `${ready.length} of ${heard.length} app-server workers are ready`;
    return others.length === 0
      ? { verdict: 'app_server.handshake_complete', message, worst }
      : { verdict: 'app_server.some_not_ready', message: `${message}; not: ${told}`, worst };
  }
  if (worst !== null)
    return { verdict: 'none_ready', message: `No app-server worker is ready: ${told}`, worst };
  const message =
    heard.length === 0
      ? 'No app-server worker has reported; start one that uses this Redis and QUEUE_PREFIX'
      : `No app-server worker reports any more: ${told}`;
  return { verdict: 'app_server.not_reported', message, worst };
}

function describe({ id, ageMs, beat }: ReportedWorker): string {
  return beat === null ? `${id} (silent for ${Math.round(ageMs / 1000)} s)` : `${id} (${beat.reason})`;
}

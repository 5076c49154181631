import { Logger } from '@nestjs/common';
import type { Counter, Gauge } from 'prom-client';
import type { Board } from './board/board.service.js';
import type { CheckRecord, Transition } from './board/board.state.js';
import { codeDefinition } from './codes/index.js';
import { STATUSES } from './status.js';

export interface BoardMetrics {
  readonly status: Gauge<'check' | 'status'>;
  readonly latency: Gauge<'check'>;
  readonly transitions: Counter<'check' | 'to' | 'code'>;
}

/** `objects` for a logger of our own, which writes them as JSON; `lines` for anybody's. */
export type LogForm = 'objects' | 'lines';

/** Publishes each transition once to the log and the metrics. Others subscribe to the board themselves. */
export function publishTransitions(
  board: Board,
  metrics: BoardMetrics,
  form: LogForm = 'objects',
  logger = new Logger('Board'),
): void {
  board.onTransition((transition) => {
    log(logger, transition, form);
    metrics.transitions.inc({ check: transition.check, to: transition.to, code: transition.code });
  });
  const told = new Map<string, CheckRecord>();
  board.onChange((snapshot) => {
    for (const check of snapshot.checks) {
      // Most of the board is as it was: one check has answered.
      if (told.get(check.key) === check) continue;
      told.set(check.key, check);
      for (const status of STATUSES) {
        metrics.status.set({ check: check.key, status }, check.status === status ? 1 : 0);
      }
      if (check.latencyMs !== null) metrics.latency.set({ check: check.key }, check.latencyMs / 1000);
    }
  });
}

function log(logger: Logger, transition: Transition, form: LogForm): void {
  const { check, from, to, code, message, lastedMs } = transition;
  const { restart, target } = codeDefinition(code);
  const object = {
    msg: `${check}: ${from} -> ${to}, ${code}: ${message}`,
    check,
    from,
    to,
    code,
    lastedMs,
    ...(to === 'pass' ? {} : { restart, restartTarget: target }),
  };
  const line = form === 'lines' ? object.msg : object;
  // Starting and draining are on purpose.
  if (check === 'process') logger.log(line);
  else if (to === 'fail') logger.error(line);
  else if (to === 'warn') logger.warn(line);
  else logger.log(line);
}

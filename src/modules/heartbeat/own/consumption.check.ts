import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import type { WorkerInsight } from '@probity/worker';
import {
  answer,
  BoardCheck,
  codeDefinition,
  severityOf,
  type Check,
  type Code,
  type Counts,
} from '../../health/index.js';
import { Liveness } from '../../liveness/index.js';
import { HEARTBEAT_OPTIONS, type HeartbeatOptions } from '../heartbeat.options.js';
import { assessConsumption, isWedged } from './consumption.policy.js';
import { WorkerHeartbeats } from './worker-heartbeats.service.js';
import '../heartbeat.codes.js';

/** Does the worker of this process take jobs? Answered from memory. */
@Injectable()
@BoardCheck()
export class ConsumptionCheck implements Check {
  readonly key = 'consumption';
  readonly cadenceMs = 1000;
  readonly deadlineMs = 1000;
  readonly counts: Counts;
  readonly dependsOn = ['queue'];

  constructor(
    private readonly indicators: HealthIndicatorService,
    @Inject(HEARTBEAT_OPTIONS) private readonly options: HeartbeatOptions,
    private readonly heartbeats: WorkerHeartbeats,
    liveness: Liveness,
  ) {
    // An api that also works stays ready when its worker is not: the queue keeps what it accepts.
    this.counts = options.inlineWorker ? 'informative' : 'readiness';
    liveness.add(() => this.veto());
  }

  run(): Promise<HealthIndicatorResult> {
    const indicator = this.indicators.check(this.key);
    const insights = this.heartbeats.insights();
    const [first, ...others] = insights.map((insight) => ({ insight, code: this.codeOf(insight) }));
    if (first === undefined) {
      return Promise.resolve(
        answer(indicator, 'consumption.not_running', {
          message: 'No worker has been started in this process.',
        }),
      );
    }
    let worst = first;
    for (const each of others) if (severityOf(each.code) > severityOf(worst.code)) worst = each;
    return Promise.resolve(
      answer(indicator, worst.code, {
        message: messageOf(worst.code, worst.insight),
        details: { workers: insights },
      }),
    );
  }

  /** Of `/livez`: the code when a restart of this process would help, else null. */
  private veto(): Code | null {
    const wedged = this.heartbeats
      .insights()
      .some((insight) => isWedged(insight, this.options.wedgedAfterMs));
    return wedged ? 'consumption.wedged' : null;
  }

  private codeOf(insight: WorkerInsight): Code {
    return assessConsumption(insight, this.options.wedgedAfterMs);
  }
}

function messageOf(code: Code, { workerId, queue, idleWhileWaitingMs }: WorkerInsight): string {
  const base = `${codeDefinition(code).message.replace(/\.$/, '')} (${workerId}, queue ${queue})`;
  if (code !== 'consumption.wedged') return `${base}.`;
  return `${base}: nothing picked up for ${Math.round((idleWhileWaitingMs ?? 0) / 1000)} s.`;
}

import { Inject, Injectable } from '@nestjs/common';
import type { HealthIndicatorResult } from '@nestjs/terminus';
import { SETTINGS, type Settings } from '../../config/index.js';
import { answer, codeDefinition, severity, type Check, type Code, type Counts } from '../../health/index.js';
import type { WorkerInsight } from '../instrument/instrument-worker.js';
import { assessConsumption, isWedged } from './consumption.policy.js';
import { WorkerHeartbeats } from './worker-heartbeats.service.js';
import '../heartbeat.codes.js';

/** Does the worker of this process take jobs? Answered from memory. */
@Injectable()
export class ConsumptionCheck implements Check {
  readonly key = 'consumption';
  readonly cadenceMs = 1000;
  readonly deadlineMs = 1000;
  readonly counts: Counts;
  readonly dependsOn = ['queue'];

  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly heartbeats: WorkerHeartbeats,
  ) {
    // An api that also works stays ready when its worker is not: the queue keeps what it accepts.
    this.counts = settings.ENABLE_INLINE_WORKER ? 'informative' : 'readiness';
  }

  run(): Promise<HealthIndicatorResult> {
    const insights = this.heartbeats.insights();
    const [first, ...others] = insights.map((insight) => ({ insight, code: this.codeOf(insight) }));
    if (first === undefined) {
      return Promise.resolve(
        answer(this.key, 'consumption.not_running', {
          message: 'No worker has been started in this process.',
        }),
      );
    }
    let worst = first;
    for (const each of others) if (severityOf(each.code) > severityOf(worst.code)) worst = each;
    return Promise.resolve(
      answer(this.key, worst.code, {
        message: messageOf(worst.code, worst.insight),
        details: { workers: insights },
      }),
    );
  }

  /** The veto of `/livez`: the code when a restart of this process would help, else null. */
  veto(): Code | null {
    const wedged = this.heartbeats
      .insights()
      .some((insight) => isWedged(insight, this.settings.QUEUE_WEDGED_AFTER_MS));
    return wedged ? 'consumption.wedged' : null;
  }

  private codeOf(insight: WorkerInsight): Code {
    return assessConsumption(insight, this.settings.QUEUE_WEDGED_AFTER_MS);
  }
}

const severityOf = (code: Code) => severity(codeDefinition(code).status);

function messageOf(code: Code, { workerId, queue, idleWhileWaitingMs }: WorkerInsight): string {
  const base = `${codeDefinition(code).message.replace(/\.$/, '')} (${workerId}, queue ${queue})`;
  if (code !== 'consumption.wedged') return `${base}.`;
  return `${base}: nothing picked up for ${Math.round((idleWhileWaitingMs ?? 0) / 1000)} s.`;
}

import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { answer, BoardCheck, type Check } from '../health/index.js';
import type { StandardStreams } from '../logging/index.js';
import { assessLog } from './log.assess.js';
import { STANDARD_STREAMS } from './process-resources.js';
import './environment.codes.js';

/** Does what this process says arrive? */
@Injectable()
@BoardCheck()
export class LogCheck implements Check {
  readonly key = 'log';
  readonly cadenceMs = 2000;
  readonly deadlineMs = 1000;
  readonly counts = 'informative';

  constructor(
    private readonly indicators: HealthIndicatorService,
    @Inject(STANDARD_STREAMS) private readonly streams: StandardStreams,
  ) {}

  run(): Promise<HealthIndicatorResult> {
    const { stdout, stderr } = this.streams;
    const assessed = [stdout, stderr].map((sink) => ({ sink, ...assessLog(sink.state()) }));
    // Nothing but what Node and libraries complain of goes to stderr.
    const worst = assessed.find(({ code }) => code !== 'log.ok') ?? assessed[0];
    const { code = 'log.ok', message } = worst ?? {};
    const { heldLines, heldBytes, droppedLines, failure } = (worst?.sink ?? stdout).state();
    return Promise.resolve(
      answer(this.indicators.check(this.key), code, {
        ...(message === undefined ? {} : { message }),
        details: {
          stream: worst?.sink === stderr && stderr !== stdout ? 'stderr' : 'stdout',
          heldLines,
          heldBytes,
          droppedLines,
          failure,
        },
      }),
    );
  }
}

import { Inject, Injectable } from '@nestjs/common';
import { HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { answer, BoardCheck, type Check } from '../health/index.js';
import type { Descriptors } from '../resources/index.js';
import { assessDescriptors } from './descriptors.assess.js';
import { CONNECTIONS, DESCRIPTORS, type CountConnections } from './process-resources.js';
import './environment.codes.js';

/** Has this process descriptors left, and room for connections? */
@Injectable()
@BoardCheck()
export class DescriptorsCheck implements Check {
  readonly key = 'descriptors';
  readonly cadenceMs = 2000;
  readonly deadlineMs = 1000;
  readonly counts = 'informative';

  constructor(
    private readonly indicators: HealthIndicatorService,
    @Inject(DESCRIPTORS) private readonly descriptors: Descriptors,
    @Inject(CONNECTIONS) private readonly connections: CountConnections,
  ) {}

  run(): Promise<HealthIndicatorResult> {
    const use = this.descriptors.read();
    const connections = this.connections();
    const { code, message } = assessDescriptors(use, connections);
    return Promise.resolve(
      answer(this.indicators.check(this.key), code, { message, details: { ...use, connections } }),
    );
  }
}

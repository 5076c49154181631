import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { HealthIndicatorResult } from '@nestjs/terminus';
import { answer, Board, type Check } from '../health/index.js';
import type { Descriptors } from '../resources/index.js';
import { assessDescriptors } from './descriptors.assess.js';
import { CONNECTIONS, DESCRIPTORS, type CountConnections } from './process-resources.js';
import './environment.codes.js';

/** Has this process descriptors left, and room for connections? */
@Injectable()
export class DescriptorsCheck implements Check, OnModuleInit {
  readonly key = 'descriptors';
  readonly cadenceMs = 2000;
  readonly deadlineMs = 1000;
  readonly counts = 'informative';

  constructor(
    private readonly board: Board,
    @Inject(DESCRIPTORS) private readonly descriptors: Descriptors,
    @Inject(CONNECTIONS) private readonly connections: CountConnections,
  ) {}

  onModuleInit(): void {
    this.board.add(this);
  }

  run(): Promise<HealthIndicatorResult> {
    const use = this.descriptors.read();
    const connections = this.connections();
    const { code, message } = assessDescriptors(use, connections);
    return Promise.resolve(answer(this.key, code, { message, details: { ...use, connections } }));
  }
}
